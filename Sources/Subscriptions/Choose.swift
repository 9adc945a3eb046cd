package import Basics
package import Bulletin
package import Foundation
package import Records

/// A subscriber chooses how they get the bulletin. The record as it stands afterwards; nil where there is none.
package struct Choose: SubscriberOperation {
    private let id: SubscriberID
    private let choice: @Sendable (Subscriber) -> Subscriber.Choice
    private let now: Date
    private let today: LocalDate

    /// All that can be chosen, as the person's own page has it.
    package init(_ id: SubscriberID, _ choice: Subscriber.Choice, at now: Date, today: LocalDate) {
        self.init(id, at: now, today: today) { _ in choice }
    }

    /// A pause, and all else as it was.
    package static func pause(_ id: SubscriberID, until day: LocalDate, at now: Date, today: LocalDate) -> Choose {
        Choose(id, at: now, today: today) {
            Subscriber.Choice(name: $0.name, format: $0.format, pausedUntil: day)
        }
    }

    private init(
        _ id: SubscriberID, at now: Date, today: LocalDate,
        _ choice: @escaping @Sendable (Subscriber) -> Subscriber.Choice
    ) {
        (self.id, self.choice, self.now, self.today) = (id, choice, now, today)
    }

    package func run(in records: inout SubscriberTransaction) throws -> Subscriber? {
        guard let old = try records.subscriber(id) else { return nil }
        let new = old.choosing(choice(old), at: now, today: today)
        try records.put(new)
        return new
    }
}

extension Subscriber {
    /// The choices of a person's own page.
    package struct Choice: Hashable, Sendable {
        package var name: String?
        package var format: Format
        /// The first day on which they want the bulletin again; nil for no pause.
        package var pausedUntil: LocalDate?

        package init(name: String?, format: Format, pausedUntil: LocalDate?) {
            (self.name, self.format, self.pausedUntil) = (name, format, pausedUntil)
        }
    }

    /// With `choice` made on `today`; unchanged for a person who gets nothing.
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
}
