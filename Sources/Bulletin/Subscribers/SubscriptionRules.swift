package import Basics
package import Foundation

// How subscribers' requests change their records: to join, confirm, choose, change address, be forgotten. Pure; the
// caller applies them within a transaction on the subscriber list.

/// How often letters to one address may be requested by typing it into a form.
package enum AskingLimit {
    /// Between two letters.
    package static let interval: TimeInterval = 3600
    /// Letters within ``period``.
    package static let most = 3
    package static let period: TimeInterval = 30 * 86_400
    /// How long a link to confirm or to choose works; then an unconfirmed sign-up is forgotten.
    package static let linkLife: TimeInterval = 7 * 86_400
}

extension Subscriber {
    /// Records an answer owed to this person, unless letters were requested too often lately; returns whether it did.
    private mutating func owe(_ request: OwedRequest.SubscriberRequest, at now: Date) -> Bool {
        let recent = asked.filter { now.timeIntervalSince($0) < AskingLimit.period && $0 <= now }
        guard recent.count < AskingLimit.most,
            recent.last.map({ now.timeIntervalSince($0) >= AskingLimit.interval }) ?? true
        else { return false }
        asked = recent + [now]
        owes = OwedRequest(request, version: tokenVersion)
        return true
    }

    /// Someone typed `address` into the form. A new person is unconfirmed and is asked to confirm; so is a former
    /// subscriber, who stays unsubscribed until then; a current subscriber is sent the link to their choices. Nil if
    /// nothing changes: letters were requested too often.
    package static func asksToJoin(
        _ old: Subscriber?, id: SubscriberID, address: EmailAddress, name: String?, at now: Date
    ) -> Subscriber? {
        var subscriber = old ?? Subscriber(id: id, status: .unconfirmed, since: now, name: name)
        if subscriber.status == .forgotten {
            let version = subscriber.tokenVersion
            subscriber = Subscriber(id: id, status: .unconfirmed, since: now, name: name)
            subscriber.tokenVersion = version
        }
        // A stranger's spelling does not replace the person's own.
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

    /// The person asks for the link to their choices, from one of our messages. Nil if nothing changes.
    package func asksForChoices(at now: Date) -> Subscriber? {
        guard status == .active || status == .paused, address != nil else { return nil }
        var subscriber = self
        return subscriber.owe(.choices, at: now) ? subscriber : nil
    }

    /// The result of following a link to confirm.
    package enum Confirmation: Hashable, Sendable {
        /// Confirmed now: the new record.
        case confirmed(Subscriber)
        /// Confirmed before; nothing changes.
        case already
        /// The link was used, and the person has left or asked again since.
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

    /// A person's choices on their own page.
    package struct Choice: Hashable, Sendable {
        package var name: String?
        package var format: Format
        /// The first day after a pause; nil for no pause.
        package var pausedUntil: LocalDate?

        package init(name: String?, format: Format, pausedUntil: LocalDate?) {
            (self.name, self.format, self.pausedUntil) = (name, format, pausedUntil)
        }
    }

    /// With `choice` made on `today`; unchanged for people who get no mail.
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

    /// Active again if the pause is over on `today`; nil if it is not.
    package func resuming(on today: LocalDate, at now: Date) -> Subscriber? {
        guard status == .paused, let until = pausedUntil, until <= today else { return nil }
        var subscriber = self
        subscriber.become(.active, at: now, reason: "pause over")
        return subscriber
    }

    /// Only id, status and date. Links sent earlier stop working.
    package func forgotten(at now: Date) -> Subscriber {
        Subscriber(id: id, status: .forgotten, since: now)
    }

    /// Whether the retention period is over: a week for an unconfirmed sign-up, `kept` for a former subscriber.
    package func isToBeReduced(at now: Date, keepingUnsubscribed kept: TimeInterval) -> Bool {
        switch status {
        case .unconfirmed: now.timeIntervalSince(statusSince) >= AskingLimit.linkLife
        case .unsubscribed, .bounced, .complained:
            now.timeIntervalSince(statusSince) >= kept
                && (address != nil || name != nil || phone != nil || post != nil || consent != nil)
        case .active, .paused, .forgotten, .moved: false
        }
    }

    /// The reduced record: an unconfirmed sign-up is forgotten; a former subscriber keeps id, date and reason.
    package func reduced(at now: Date) -> Subscriber {
        guard status != .unconfirmed else { return forgotten(at: now) }
        var rest = Subscriber(id: id, status: status, since: statusSince, reason: reason)
        rest.tokenVersion = tokenVersion
        return rest
    }
}

// MARK: Changing address

extension Subscriber {
    /// The person of `old` asks to get the bulletin at `address`, whose record is `record`. The new address is asked to
    /// confirm, and until then nothing changes at the old one. Nil if nothing changes.
    package static func asksToMove(
        from old: Subscriber, to record: Subscriber?, id: SubscriberID, address: EmailAddress, at now: Date
    ) -> Subscriber? {
        guard id != old.id, old.status == .active || old.status == .paused else { return nil }
        guard var subscriber = asksToJoin(record, id: id, address: address, name: old.name, at: now) else { return nil }
        guard subscriber.status != .active, subscriber.status != .paused else { return subscriber }
        subscriber.movedFrom = old.id
        return subscriber
    }

    /// The two records after the new address was confirmed: the new one with the choices made at the old one, which
    /// refers to it and is owed a letter about it. Nil if the old one no longer gets mail: then the new one is
    /// independent.
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
