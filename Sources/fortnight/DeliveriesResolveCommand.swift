import ArgumentParser
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
    @Flag(help: "Take them as accepted.") var accepted = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard resend != accepted else { throw ValidationError("Say either --resend or --accepted.") }
    }

    func run() throws {
        let dispatch = try Dispatch.argument(name)
        let place = try Workplace(common)
        let ledger = place.folder.ledger(dispatch)
        guard try ledger.audienceTime() != nil else {
            throw CommandFailure("nothing of \(dispatch.inWords) has been sent yet: there is nothing to settle")
        }
        let count = try ledger.resolve(resend ? .resend : .accepted, by: Workplace.person, at: place.now)
        if listing.json {
            let correction = dispatch.correction.map { "\"correction\":\($0)," } ?? ""
            return print(
                "{\"issue\":\(dispatch.issue),\(correction)\"resolved\":\(count),\"as\":\"\(resend ? "resend" : "accepted")\"}"
            )
        }
        guard count > 0 else { return print("No delivery of \(dispatch.inWords) is unknown: nothing was changed.") }
        let what = "\(count.grouped) \(count == 1 ? "delivery" : "deliveries") of \(dispatch.inWords)"
        print(resend ? "\(what) will be sent once more." : "\(what) \(count == 1 ? "is" : "are") taken as accepted.")
        try sayWhatFollows(dispatch, place)
    }

    private func sayWhatFollows(_ dispatch: Dispatch, _ place: Workplace) throws {
        guard let standing = try place.folder.issues.standing(of: dispatch) else { return }
        if standing.state == .held, !standing.isHeldForUnknown {
            return print(
                "It is held, and goes on when it is released: fortnight issue release \(dispatch.issue)")
        }
        if place.daemonRuns == false { print("No daemon is running here: it goes on when fortnightd is started.") }
    }
}
