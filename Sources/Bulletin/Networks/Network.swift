package import Basics
package import Foundation
import ICalendar

/// A network that meets by a rule, and whose next meetings are announced without being queued.
package struct Network: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens: the name of its file, and the value of an item's `network`.
    package let slug: String
    package var name: String
    /// The rule of its meetings, an RRULE value (RFC 5545 section 3.3.10): `FREQ=MONTHLY;BYDAY=1TH`.
    package var rule: String
    /// The IANA name of the zone of its times.
    package var timezone: String
    /// The first meeting that the rule counts from, and its end.
    package var starts: LocalDateTime
    package var ends: LocalDateTime?
    package var place: Item.Place?
    package var online: Item.Online?
    package var organiser: String?
    package var takingPart: Item.TakingPart
    package var support: String?
    /// The text of its announcements, in Markdown.
    package var summary: String?
    /// How many issues announce each meeting.
    package var announce: Int
    /// The moved and cancelled meetings, in order of the dates that the rule gives them.
    package var exceptions: [Exception] = []
    /// Raised by each change visible in its meetings, except changes to single ones (RFC 5545 section 3.8.7.4).
    package var sequence = 0
    /// The time of that change; nil if it is unknown.
    package var changedAt: Date?

    /// One meeting that deviates from the rule.
    package struct Exception: Hashable, Sendable {
        /// Its start by the rule, which identifies it for ever, as RECURRENCE-ID does (RFC 5545 section 3.8.4.4).
        package let date: LocalDateTime
        /// Its new start; nil: it is cancelled.
        package var movedTo: LocalDateTime?
        package var why: String?
        /// Raised by each change to this one meeting (RFC 5545 section 3.8.7.4).
        package var sequence: Int
        package var changedAt: Date
        /// The login name of the person who changed it.
        package var changedBy: String

        package init(
            date: LocalDateTime, movedTo: LocalDateTime? = nil, why: String? = nil, sequence: Int = 1,
            changedAt: Date, changedBy: String
        ) {
            (self.date, self.movedTo, self.why, self.sequence) = (date, movedTo, why, sequence)
            (self.changedAt, self.changedBy) = (changedAt, changedBy)
        }
    }

    /// The default of `announce`.
    package static let usualAnnounce = 2

    package init(
        slug: String, name: String, rule: String, timezone: String, starts: LocalDateTime, ends: LocalDateTime? = nil
    ) {
        (self.slug, self.name, self.rule, self.timezone) = (slug, name, rule, timezone)
        (self.starts, self.ends, takingPart, announce) = (starts, ends, Item.TakingPart(), Self.usualAnnounce)
    }

    /// Whether `text` may be a slug: 1 to 64 lower-case letters, digits and hyphens, no hyphen first or last.
    package static func isSlug(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension Network: Codable {
    private enum Key: String, CodingKey {
        case slug, name, rule, timezone, starts, ends, place, online, organiser, takingPart, support, summary, announce
        case exceptions, sequence, changedAt
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            slug: try box.decode(String.self, forKey: .slug), name: try box.decode(String.self, forKey: .name),
            rule: try box.decode(String.self, forKey: .rule),
            timezone: try box.decode(String.self, forKey: .timezone),
            starts: try box.decode(LocalDateTime.self, forKey: .starts),
            ends: try box.decodeIfPresent(LocalDateTime.self, forKey: .ends))
        guard Self.isSlug(slug) else {
            throw DecodingError.dataCorruptedError(
                forKey: .slug, in: box, debugDescription: "\(slug) is not lower-case letters, digits and hyphens")
        }
        do { _ = try Recurrence(rule) } catch {
            throw DecodingError.dataCorruptedError(forKey: .rule, in: box, debugDescription: error.description)
        }
        guard TimeZone.isKnown(timezone) else {
            throw DecodingError.dataCorruptedError(
                forKey: .timezone, in: box, debugDescription: "\(timezone) is not a time zone such as Europe/London")
        }
        place = try box.decodeIfPresent(Item.Place.self, forKey: .place)
        online = try box.decodeIfPresent(Item.Online.self, forKey: .online)
        organiser = try box.decodeIfPresent(String.self, forKey: .organiser)
        takingPart = try box.decodeIfPresent(Item.TakingPart.self, forKey: .takingPart) ?? Item.TakingPart()
        support = try box.decodeIfPresent(String.self, forKey: .support)
        summary = try box.decodeIfPresent(String.self, forKey: .summary)
        announce = try box.decodeIfPresent(Int.self, forKey: .announce) ?? Self.usualAnnounce
        exceptions = try box.decodeIfPresent([Exception].self, forKey: .exceptions) ?? []
        sequence = try box.decodeIfPresent(Int.self, forKey: .sequence) ?? 0
        if box.contains(.changedAt) { changedAt = try box.decodeStamp(forKey: .changedAt) }
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(slug, forKey: .slug)
        try box.encode(name, forKey: .name)
        try box.encode(rule, forKey: .rule)
        try box.encode(timezone, forKey: .timezone)
        try box.encode(starts, forKey: .starts)
        try box.encodeIfPresent(ends, forKey: .ends)
        try box.encodeIfPresent(place, forKey: .place)
        try box.encodeIfPresent(online, forKey: .online)
        try box.encodeIfPresent(organiser, forKey: .organiser)
        if !takingPart.isEmpty { try box.encode(takingPart, forKey: .takingPart) }
        try box.encodeIfPresent(support, forKey: .support)
        try box.encodeIfPresent(summary, forKey: .summary)
        if announce != Self.usualAnnounce { try box.encode(announce, forKey: .announce) }
        if !exceptions.isEmpty { try box.encode(exceptions, forKey: .exceptions) }
        if sequence != 0 { try box.encode(sequence, forKey: .sequence) }
        if let changedAt { try box.encode(stamp: changedAt, forKey: .changedAt) }
    }
}

extension Network.Exception: Codable {
    private enum Key: String, CodingKey {
        case date, movedTo, why, sequence, changedAt, changedBy
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            date: try box.decode(LocalDateTime.self, forKey: .date),
            movedTo: try box.decodeIfPresent(LocalDateTime.self, forKey: .movedTo),
            why: try box.decodeIfPresent(String.self, forKey: .why),
            sequence: try box.decode(Int.self, forKey: .sequence),
            changedAt: try box.decodeStamp(forKey: .changedAt),
            changedBy: try box.decode(String.self, forKey: .changedBy))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(date, forKey: .date)
        try box.encodeIfPresent(movedTo, forKey: .movedTo)
        try box.encodeIfPresent(why, forKey: .why)
        try box.encode(sequence, forKey: .sequence)
        try box.encode(stamp: changedAt, forKey: .changedAt)
        try box.encode(changedBy, forKey: .changedBy)
    }
}
