package import Basics
package import Bulletin
package import Foundation

/// One subscriber as a row of a file has them, checked, and not yet on the subscriber list.
package struct SubscriberEntry: Hashable, Sendable {
    /// The id that an earlier export gave them.
    package var id: SubscriberID?
    package var address: EmailAddress?
    package var phone: PhoneNumber?
    /// A line each, joined by line feeds.
    package var post: String?
    package var name: String?
    /// Nil where the file does not say: then active.
    package var status: SubscriberStatus?
    /// The time and the reason of the status, where the file gives them.
    package var since: Date?
    package var reason: String?
    /// When a pause ends.
    package var pausedUntil: LocalDate?
    package var format: Subscriber.Format?
    /// As the file says, else by the addresses that the row has.
    package var medium: Subscriber.Medium
    package var basis: Consent.Basis?
    package var how: Consent.Way?
    package var when: Date?
    package var wording: String?
    package var by: String?
}

extension SubscriberEntry {
    /// The consent that the file records; `how` stands in where the file does not say how it was given. Nil for somebody
    /// who does not get the bulletin and has no consent in the file.
    package func consent(how: Consent.Way = .import) -> Consent? {
        let tellsNone = basis == nil && self.how == nil && when == nil && wording == nil && by == nil
        if tellsNone, let status, status == .unconfirmed || status.isSuppression { return nil }
        return Consent(basis: basis ?? .consent, how: self.how ?? how, when: when, wording: wording, by: by)
    }
}
