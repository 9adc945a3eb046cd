package import Foundation

/// The consequences of returns, decided in this one place.
///
/// - An address with a permanent failure stops getting mail at once: it does not exist (``ReturnCause/badAddress``), or
///   its server refuses its mail without a reason (``ReturnCause/refused``).
/// - An address with temporary failures (full, not reachable, a policy) stops getting mail when three issues in a row
///   fail, over at least four weeks. An issue that arrives in between restarts the count; so does a new consent.
/// - Failures that are our own fault, or a message too large for them, do not count, and a delay is only recorded.
/// - A complaint stops mail for good.
package enum ReturnPolicy {
    package static let failures = 3
    package static let span: TimeInterval = 28 * 86_400
    /// How many of a person's latest returns are kept.
    package static let kept = 12

    /// Whether the last of `notes` is one failure too many. `sent` are the issues that were sent, in order, to tell
    /// which failures are in a row.
    static func isUsedUp(_ notes: [ReturnNote], sent: [IssueNumber]) -> Bool {
        guard let last = notes.last else { return false }
        if last.class == .hard { return true }
        let row = failing(notes, sent: sent)
        guard Set(row.map(\.mailing?.issue)).count >= failures, let first = row.map(\.at).min() else { return false }
        return last.at.timeIntervalSince(first) >= span
    }

    /// The failures of the last issue and of those right before it.
    private static func failing(_ notes: [ReturnNote], sent: [IssueNumber]) -> [ReturnNote] {
        let counted = notes.filter(counts)
        let failed = Set(counted.compactMap(\.mailing?.issue))
        guard let last = failed.max() else { return [] }
        var row: Set<IssueNumber> = []
        for issue in Set(sent).union(failed).sorted().reversed() where issue <= last {
            guard failed.contains(issue) else { break }
            row.insert(issue)
        }
        return counted.filter { $0.mailing.map { row.contains($0.issue) } ?? false }
    }

    private static func counts(_ note: ReturnNote) -> Bool {
        switch (note.class, note.cause) {
        case (.hard, _): true
        case (.soft, .ours), (.soft, .tooLarge): false
        case (.soft, _): true
        default: false
        }
    }
}

extension Subscriber {
    /// With `note` among their returns and its consequences; nil if it is known already, or nothing is kept of this
    /// person. `sentAt` is when the returned message was sent: messages sent before the person's latest consent no
    /// longer count.
    package func taking(_ note: ReturnNote, sentAt: Date?, sent: [IssueNumber]) -> Subscriber? {
        guard status != .forgotten,
            !returns.contains(where: { $0.mailing == note.mailing && $0.class == note.class })
        else { return nil }
        var subscriber = self
        subscriber.returns = (returns + [note]).suffix(ReturnPolicy.kept)
        if note.class == .complaint {
            switch status {
            case .active, .paused, .unconfirmed, .bounced:
                subscriber.become(.complained, at: note.at, reason: "complaint")
                subscriber.owes = nil
            case .unsubscribed, .complained, .moved, .forgotten: break
            }
            return subscriber
        }
        guard status == .active || status == .paused else { return subscriber }
        let since = activeSince ?? .distantPast
        if let sentAt, sentAt < since { return subscriber }
        if ReturnPolicy.isUsedUp(subscriber.returns.filter { $0.at >= since }, sent: sent) {
            subscriber.become(.bounced, at: note.at, reason: note.inWords)
            subscriber.owes = nil
        }
        return subscriber
    }
}
