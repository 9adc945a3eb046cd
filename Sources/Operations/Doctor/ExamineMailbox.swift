import Curl
import Foundation
import Mailboxes
import Planning
import Settings

/// Opens the mailbox of returns as the daemon does, and closes it again: nothing in it is read or moved.
struct ExamineMailbox: Sendable {
    let configuration: Configuration

    func callAsFunction() async -> DoctorFinding {
        let place: MailboxPlace
        do {
            guard let found = try configuration.mailboxPlace() else {
                return DoctorFinding(
                    .mailbox, "Returns", .warning, "none is read: bounces and mailed wishes to leave wait for a person",
                    "set mailbox: to where \(configuration.delivery.returnAddress) is delivered")
            }
            place = found
        } catch {
            return DoctorFinding(.mailbox, "Returns", .wrong, "\(error)", "mend that first")
        }
        var timeouts = MailboxTimeouts()
        (timeouts.connect, timeouts.silence, timeouts.command) = (.seconds(5), .seconds(5), .seconds(10))
        do {
            try await MailboxVisit(place, timeouts: timeouts).run { _ in }
            return DoctorFinding(.mailbox, "Returns", .good, "\(place) opens")
        } catch MailboxFault.refused(let reason) {
            return DoctorFinding(.mailbox, "Returns", .wrong, reason, "see mailbox: in fortnight.yaml(5)")
        } catch {
            return DoctorFinding(
                .mailbox, "Returns", .warning, "could not be asked: \(error)",
                "see that its server runs; what comes back waits there meanwhile")
        }
    }
}
