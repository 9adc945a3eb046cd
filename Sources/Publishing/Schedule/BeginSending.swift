package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// Closed → sending: chooses once more, as of now, so that nothing stale goes out; prints, and fixes the bytes. After
/// that the issue is what it is.
package struct BeginSending: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    package enum Result: Sendable {
        /// These bytes, now and after every crash.
        case editions(Editions)
        /// There was nothing to send, and `schedule.emptyIssue` says to skip.
        case skipped(reason: String)
    }

    /// An issue that goes out later than this after its time is dated by when it does.
    private static let tolerance: TimeInterval = 3600

    package func callAsFunction(_ number: IssueNumber, at now: Date) throws -> Result {
        let store = context.folder.issues
        guard var status = try store.status(number), let issue = try store.issue(number) else {
            preconditionFailure("only a closed issue is sent")
        }
        if status.editionsHash == nil {
            var final = try CloseIssue(context).again(issue, sends: now)
            if final.items.isEmpty, context.configuration.schedule.emptyIssue == .skip {
                let reason = "there was nothing to send"
                (status.state, status.since, status.reason) = (.skipped, now, reason)
                try store.save(status, of: number)
                return .skipped(reason: reason)
            }
            if now.timeIntervalSince(issue.sends) < Self.tolerance { final.sends = issue.sends }
            try PrintEdition(context).print(final)
        }
        let editions = try store.fix(number)
        guard var fixed = try store.status(number) else { preconditionFailure("it was fixed just now") }
        if fixed.state != .sending {
            (fixed.state, fixed.since, fixed.reason) = (.sending, now, nil)
            try store.save(fixed, of: number)
        }
        return .editions(editions)
    }
}
