package import Basics
package import Foundation

// What the wishes of subscribers make of their records: to join, to confirm, to choose, to move house, to be forgotten.
// Pure; whoever holds the roll applies them while nobody else can.

/// How often letters may be asked for at one address by whoever types it into a form.
package enum AskingLimit {
    /// Between two letters.
    package static let interval: TimeInterval = 3600
    /// Letters within ``period``.
    package static let most = 3
    package static let period: TimeInterval = 30 * 86_400
    /// How long a link to confirm or to choose works; an unconfirmed sign-up is forgotten then.
    package static let linkLife: TimeInterval = 7 * 86_400
}

extension Subscriber {
    /// Owes this person `wish`, unless letters were asked for too often of late; whether it does.
    private mutating func owe(_ request: OwedRequest.SubscriberRequest, at now: Date) -> Bool {
        let recent = asked.filter { now.timeIntervalSince($0) < AskingLimit.period && $0 <= now }
        guard recent.count < AskingLimit.most,
            recent.last.map({ now.timeIntervalSince($0) >= AskingLimit.interval }) ?? true
        else { return false }
        asked = recent + [now]
        owes = OwedRequest(request, version: tokenVersion)
        return true
    }

    /// Somebody typed `address` into the form. A newcomer is unconfirmed and is asked to confirm; so is who left, who
    /// stays gone until then; who gets the bulletin already is sent the link to their choices. Nil where nothing is to
    /// change: letters were asked for too often.
    package static func asksToJoin(
        _ old: Subscriber?, id: SubscriberID, address: EmailAddress, name: String?, at now: Date
    ) -> Subscriber? {
        var subscriber = old ?? Subscriber(id: id, status: .unconfirmed, since: now, name: name)
        if subscriber.status == .forgotten {
            let version = subscriber.tokenVersion
            subscriber = Subscriber(id: id, status: .unconfirmed, since: now, name: name)
            subscriber.tokenVersion = version
        }
        // A stranger's spelling does not change what the person themselves gave.
        if subscriber.status == .unconfirmed || subscriber.address == nil { subscriber.address = address }
        switch subscriber.status {
        case .active, .paused:
            return subscriber.owe(.choices, at: now) ? subscriber : nil
        case .unconfirmed:
            subscriber.statusSince = now
            return subscriber.owe(.confirm, at: now) ? subscriber : nil
        case .unsubscribed, .bounced, .complained, .forgotten, .moved:
            return subscriber.owe(.confirm, at: now) ? subscriber : nil
        }
    }

    /// The person asks for the link to their choices, from a message of ours. Nil where nothing is to change.
    package func asksForChoices(at now: Date) -> Subscriber? {
        guard status == .active || status == .paused, address != nil else { return nil }
        var subscriber = self
        return subscriber.owe(.choices, at: now) ? subscriber : nil
    }

    /// What following a link to confirm comes to.
    package enum Confirmation: Hashable, Sendable {
        /// Confirmed now: the record as it becomes.
        case confirmed(Subscriber)
        /// Was confirmed before, and nothing is to change.
        case already
        /// The link was used, and the person has left since, or asked anew.
        case usedUp
    }

    /// The person pressed the button of the link of `version`.
    package func confirming(version: Int, consent: Consent, at now: Date) -> Confirmation {
        if status == .active || status == .paused { return .already }
        guard version == tokenVersion, address != nil, status != .forgotten else { return .usedUp }
        var subscriber = self
        subscriber.become(.active, at: now, reason: "confirmed")
        subscriber.consent = consent
        subscriber.medium = .email
        subscriber.movedTo = nil
        subscriber.tokenVersion += 1
        subscriber.owes = nil
        subscriber.asked = []
        return .confirmed(subscriber)
    }

    /// What a person chooses on their own page.
    package struct Choice: Hashable, Sendable {
        package var name: String?
        package var format: Format
        /// The first day on which they want the bulletin again; nil for no pause.
        package var pausedUntil: LocalDate?

        package init(name: String?, format: Format, pausedUntil: LocalDate?) {
            (self.name, self.format, self.pausedUntil) = (name, format, pausedUntil)
        }
    }

    /// With `choice` made on `today`; as it is for who gets nothing.
    package func choosing(_ choice: Choice, at now: Date, today: LocalDate) -> Subscriber {
        guard status == .active || status == .paused else { return self }
        var subscriber = self
        (subscriber.name, subscriber.format) = (choice.name, choice.format)
        if let until = choice.pausedUntil, until > today {
            subscriber.become(.paused, at: now, reason: "choice")
            subscriber.pausedUntil = until
        } else {
            subscriber.become(.active, at: now, reason: "choice")
        }
        return subscriber
    }

    /// Gets the bulletin again where its pause is over on `today`; nil where it is not.
    package func resuming(on today: LocalDate, at now: Date) -> Subscriber? {
        guard status == .paused, let until = pausedUntil, until <= today else { return nil }
        var subscriber = self
        subscriber.become(.active, at: now, reason: "pause over")
        return subscriber
    }

    /// Id, status and date, and nothing else. The links that were sent stop working.
    package func forgotten(at now: Date) -> Subscriber {
        Subscriber(id: id, status: .forgotten, since: now)
    }

    /// Whether a year's silence, or a week's, has come to its end (DESIGN section 4): what is kept of an unconfirmed or
    /// unsubscribed person goes.
    package func isToBeReduced(at now: Date, keepingUnsubscribed kept: TimeInterval) -> Bool {
        switch status {
        case .unconfirmed: now.timeIntervalSince(statusSince) >= AskingLimit.linkLife
        case .unsubscribed, .bounced, .complained:
            now.timeIntervalSince(statusSince) >= kept
                && (address != nil || name != nil || phone != nil || post != nil || consent != nil)
        case .active, .paused, .forgotten, .moved: false
        }
    }

    /// What is left of them: an unconfirmed sign-up is forgotten; of who left stay id, date and reason.
    package func reduced(at now: Date) -> Subscriber {
        guard status != .unconfirmed else { return forgotten(at: now) }
        var rest = Subscriber(id: id, status: status, since: statusSince, reason: reason)
        rest.tokenVersion = tokenVersion
        return rest
    }
}

// MARK: Moving house

extension Subscriber {
    /// The person behind `old` wishes to get the bulletin at `address`, whose record is `record`. The new one is asked to
    /// confirm, and until then nothing changes at the old one. Nil where nothing is to change.
    package static func asksToMove(
        from old: Subscriber, to record: Subscriber?, id: SubscriberID, address: EmailAddress, at now: Date
    ) -> Subscriber? {
        guard id != old.id, old.status == .active || old.status == .paused else { return nil }
        guard var subscriber = asksToJoin(record, id: id, address: address, name: old.name, at: now) else { return nil }
        guard subscriber.status != .active, subscriber.status != .paused else { return subscriber }
        subscriber.movedFrom = old.id
        return subscriber
    }

    /// The two records after the new address was confirmed: the new one as the person had chosen at the old one, which
    /// names it and owes a word about it. Nil where the old one gets nothing any more: then the new one stands alone.
    package static func moved(
        from old: Subscriber, to new: Subscriber, at now: Date
    ) -> (old: Subscriber, new: Subscriber)? {
        guard old.status == .active || old.status == .paused, new.movedFrom == old.id else { return nil }
        var (old, new) = (old, new)
        (new.name, new.format, new.consent) = (old.name, old.format, old.consent ?? new.consent)
        (new.phone, new.post) = (old.phone, old.post)
        if old.status == .paused {
            let until = old.pausedUntil
            new.become(.paused, at: now, reason: "choice")
            new.pausedUntil = until
        }
        old.become(.moved, at: now, reason: "change of address")
        old.movedTo = new.id
        old.tokenVersion += 1
        old.owes = OwedRequest(.changeOfAddress, version: old.tokenVersion)
        return (old, new)
    }
}
