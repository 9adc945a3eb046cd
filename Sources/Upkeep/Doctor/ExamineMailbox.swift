import Bulletin
import Foundation
import Publishing
import Settings
import Transport

/// Opens the mailbox of returns as the daemon does, and closes it again: nothing in it is read or moved.
struct ExamineMailbox: Sendable {
    let configuration: Configuration

    func callAsFunction() async -> Finding {
        let place: MailboxPlace
        do {
            guard let found = try configuration.mailboxPlace() else {
                return Finding(
                    .mailbox, "Returns", .warning, "none is read: bounces and mailed wishes to leave wait for a person",
                    "set mailbox: to where \(configuration.delivery.returnAddress) is delivered")
            }
            place = found
        } catch {
            return Finding(.mailbox, "Returns", .wrong, "\(error)", "mend that first")
        }
        var patience = MailboxPatience()
        (patience.connect, patience.silence, patience.command) = (.seconds(5), .seconds(5), .seconds(10))
        do {
            try await MailboxVisit(place, patience: patience).run { _ in }
            return Finding(.mailbox, "Returns", .good, "\(place) opens")
        } catch MailboxFault.refused(let reason) {
            return Finding(.mailbox, "Returns", .wrong, reason, "see mailbox: in fortnight.yaml(5)")
        } catch {
            return Finding(
                .mailbox, "Returns", .warning, "could not be asked: \(error)",
                "see that its server runs; what comes back waits there meanwhile")
        }
    }
}
