import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records

struct DeliveriesResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Resolve deliveries that may or may not have arrived.",
        discussion: """
            Look at the relay's log first. --resend sends the messages once more, with the same Message-ID; --accepted \
            counts them as arrived. You need access to the subscriber list; the daemon may run or not.
            """)

    @Argument(help: ArgumentHelp("The issue's number; 24-c1 for its first correction.", valueName: "number"))
    var name: String
    @Flag(help: "Send them once more.") var resend = false
    @Flag(help: "Count them as accepted.") var accepted = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard resend != accepted else { throw ValidationError("Give either --resend or --accepted.") }
    }

    func run() throws {
        let mailing = try Mailing.argument(name)
        let place = try CommandContext(common)
        let ledger = place.folder.ledger(mailing)
        guard try ledger.audienceTime() != nil else {
            throw CommandFailure("nothing of \(mailing.inWords) has been sent yet: there is nothing to resolve")
        }
        let count = try ledger.resolve(resend ? .resend : .accepted, by: CommandContext.person, at: place.now)
        if listing.json {
            return try ResolvedRow(
                issue: mailing.issue.value, correction: mailing.correction, resolved: count,
                as: resend ? "resend" : "accepted"
            ).printJSON()
        }
        guard count > 0 else { return print("No delivery of \(mailing.inWords) is unknown: nothing was changed.") }
        let what = "\(count.grouped) \(count == 1 ? "delivery" : "deliveries") of \(mailing.inWords)"
        print(resend ? "\(what) will be sent once more." : "\(what) \(count == 1 ? "counts" : "count") as accepted.")
        try sayWhatFollows(mailing, place)
    }

    private func sayWhatFollows(_ mailing: Mailing, _ place: CommandContext) throws {
        guard let status = try place.folder.issues.status(of: mailing) else { return }
        if let hold = status.hold, !hold.isForUnknowns {
            return print(
                "It is held, and continues when you release it: fortnight issue release \(mailing.issue)")
        }
        if place.daemonRuns == false { print("No daemon is running here: sending continues when fortnightd starts.") }
    }
}

/// The resolved deliveries, in JSON.
private struct ResolvedRow: Encodable {
    let issue: Int
    let correction: Int?
    let resolved: Int
    let `as`: String
}
