package import Foundation

/// What follows from what comes back: the one place where it is decided.
///
/// - An address that is refused for good is left off at once: nobody has it (``ReturnCause/badAddress``), or its server takes
///   nothing for it and does not say why (``ReturnCause/refused``).
/// - One that fails for now (full, not reachable, a policy) is left off when that happens with three issues in a row, over
///   four weeks at least. An issue that arrives in between begins the count anew; so does coming back.
/// - What is our own fault, or too large for them, counts for nothing, and a delay is news only.
/// - A complaint takes them off for good.
package enum ReturnPolicy {
    package static let failures = 3
    package static let span: TimeInterval = 28 * 86_400
    /// So many returns of a person are kept, the last ones.
    package static let kept = 12

    /// Whether the last of `notes` has used up the address's credit. `sent` are the issues that were sent, in order: which
    /// of them are in a row is seen from it.
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
    /// With `note` among their returns and what follows from it; nil where that is known already, or nothing is kept of
    /// them. `sentAt` is when the message that came back was sent: what was sent before they came back themselves says
    /// nothing of them now.
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
