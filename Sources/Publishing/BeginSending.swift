package import Bulletin
package import Foundation
import Records
import Settings

/// Closed → sending: chooses once more, as of now, so that nothing stale goes out; prints, and fixes the bytes. After
/// that the issue is what it is.
package struct BeginSending: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    package enum Result: Sendable {
        /// These bytes, now and after every crash.
        case editions(Editions)
        /// There was nothing to send, and `schedule.emptyIssue` says to skip.
        case skipped(reason: String)
    }

    /// An issue that goes out later than this after its time is dated by when it does.
    private static let tolerance: TimeInterval = 3600

    package func callAsFunction(_ number: IssueNumber, at now: Date) throws -> Result {
        let shelf = office.folder.issues
        guard var standing = try shelf.standing(number), let issue = try shelf.issue(number) else {
            preconditionFailure("only a closed issue is sent")
        }
        if standing.editionsHash == nil {
            var final = try CloseIssue(office).again(issue, sends: now)
            if final.items.isEmpty, office.configuration.schedule.emptyIssue == .skip {
                let reason = "there was nothing to send"
                (standing.state, standing.since, standing.reason) = (.skipped, now, reason)
                try shelf.save(standing, of: number)
                return .skipped(reason: reason)
            }
            if now.timeIntervalSince(issue.sends) < Self.tolerance { final.sends = issue.sends }
            try PrintEdition(office).print(final)
        }
        let editions = try shelf.fix(number)
        guard var fixed = try shelf.standing(number) else { preconditionFailure("it was fixed just now") }
        if fixed.state != .sending {
            (fixed.state, fixed.since, fixed.reason) = (.sending, now, nil)
            try shelf.save(fixed, of: number)
        }
        return .editions(editions)
    }
}
