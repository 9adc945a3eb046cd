import Curl
import Foundation
import Mailboxes
import Planning
import Settings

/// Opens the return mailbox as the daemon does, and closes it again: nothing in it is read or moved.
struct ExamineMailbox: Sendable {
    let configuration: Configuration

    func callAsFunction() async -> DoctorFinding {
        let place: MailboxPlace
        do {
            guard let found = try configuration.mailboxPlace() else {
                return DoctorFinding(
                    .mailbox, "Returns", .warning,
                    "no mailbox is read: bounces and unsubscribe requests by mail wait for a person",
                    "set mailbox: to the mailbox that \(configuration.delivery.returnAddress) is delivered to")
            }
            place = found
        } catch {
            return DoctorFinding(.mailbox, "Returns", .wrong, "\(error)", "correct that first")
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
                .mailbox, "Returns", .warning, "could not be reached: \(error)",
                "check that its server runs; returned mail waits there until then")
        }
    }
}
