import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records

struct DeliveriesResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Settle deliveries of which nobody knows whether they arrived.",
        discussion: """
            Whoever keeps the roll may do it, whether the daemon runs or not. Look at the relay's log before: --resend sends \
            the message once more, with the same Message-ID; --accepted takes it that it has arrived.
            """)

    @Argument(help: ArgumentHelp("The issue's number; 24-c1 for its first correction.", valueName: "number"))
    var name: String
    @Flag(help: "Send them once more.") var resend = false
    @Flag(help: "Take them as accepted.") package var accepted = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard resend != accepted else { throw ValidationError("Say either --resend or --accepted.") }
    }

    func run() throws {
        let mailing = try Mailing.argument(name)
        let place = try CommandContext(common)
        let ledger = place.folder.ledger(mailing)
        guard try ledger.audienceTime() != nil else {
            throw CommandFailure("nothing of \(mailing.inWords) has been sent yet: there is nothing to settle")
        }
        let count = try ledger.resolve(resend ? .resend : .accepted, by: CommandContext.person, at: place.now)
        if listing.json {
            let correction = mailing.correction.map { "\"correction\":\($0)," } ?? ""
            return print(
                "{\"issue\":\(mailing.issue),\(correction)\"resolved\":\(count),\"as\":\"\(resend ? "resend" : "accepted")\"}"
            )
        }
        guard count > 0 else { return print("No delivery of \(mailing.inWords) is unknown: nothing was changed.") }
        let what = "\(count.grouped) \(count == 1 ? "delivery" : "deliveries") of \(mailing.inWords)"
        print(resend ? "\(what) will be sent once more." : "\(what) \(count == 1 ? "is" : "are") taken as accepted.")
        try sayWhatFollows(mailing, place)
    }

    private func sayWhatFollows(_ mailing: Mailing, _ place: CommandContext) throws {
        guard let status = try place.folder.issues.status(of: mailing) else { return }
        if status.state == .held, !status.isHeldForUnknown {
            return print(
                "It is held, and goes on when it is released: fortnight issue release \(mailing.issue)")
        }
        if place.daemonRuns == false { print("No daemon is running here: it goes on when fortnightd is started.") }
    }
}
