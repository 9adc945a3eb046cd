package import Basics
package import Foundation

/// An item of the queue: an event, a network's meeting, or a notice.
package struct Item: Hashable, Sendable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case event, meeting, notice
    }

    package enum Repetition: String, Sendable, Codable, CaseIterable {
        case once
        case untilItHasHappened = "until-it-has-happened"
    }

    package struct Place: Hashable, Sendable, Codable {
        package var name: String?
        package var address: String?
        package var access: String?
        package init(name: String? = nil, address: String? = nil, access: String? = nil) {
            (self.name, self.address, self.access) = (name, address, access)
        }
    }

    package struct Online: Hashable, Sendable, Codable {
        package var url: String?
        package var dialIn: String?
        package var id: String?
        package init(url: String? = nil, dialIn: String? = nil, id: String? = nil) {
            (self.url, self.dialIn, self.id) = (url, dialIn, id)
        }
    }

    /// The ways to take part.
    package struct TakingPart: Hashable, Sendable, Codable {
        package var phone: String?
        package var text: String?
        package var letter: String?
        package var email: String?
        package var url: String?
        package init(
            phone: String? = nil, text: String? = nil, letter: String? = nil, email: String? = nil, url: String? = nil
        ) {
            (self.phone, self.text, self.letter, self.email, self.url) = (phone, text, letter, email, url)
        }
        package var isEmpty: Bool { self == TakingPart() }
    }

    package struct Picture: Hashable, Sendable, Codable {
        /// The file's name in `editorial/pictures`, or the path that the editor wrote until it is stored.
        package var file: String
        package var alternative: String?
        package var credit: String?
        package init(file: String, alternative: String? = nil, credit: String? = nil) {
            (self.file, self.alternative, self.credit) = (file, alternative, credit)
        }
    }

    /// A change to an event or meeting after it was queued, which readers are told about.
    package enum Change: Hashable, Sendable {
        /// It begins at another time; `from` is the time that readers were first told.
        case moved(from: LocalDateTime, why: String?)
        /// It does not take place; `starts` stays as it was.
        case cancelled(why: String?)

        package var isCancelled: Bool { if case .cancelled = self { true } else { false } }

        package var why: String? {
            switch self {
            case .moved(_, let why), .cancelled(let why): why
            }
        }
    }

    package var id: ItemID
    /// The name of its calendar entry, the same for ever (RFC 7986 section 5.3).
    package var uid: String
    /// Raised when time, place or status changes (RFC 5545 section 3.8.7.4).
    package var sequence: Int
    package var kind: Kind
    package var title: String
    /// The slug of the network that meets; meetings only.
    package var network: String?
    package var starts: LocalDateTime?
    package var ends: LocalDateTime?
    /// The IANA name of the zone that `starts` and `ends` are in.
    package var timezone: String
    package var place: Place?
    package var online: Online?
    package var organiser: String?
    package var takingPart: TakingPart
    package var support: String?
    package var topics: [String]
    package var picture: Picture?
    /// First and last day on which it may appear.
    package var from: LocalDate?
    package var until: LocalDate?
    /// Higher comes first within its part.
    package var priority: Int
    package var `repeat`: Repetition
    /// Markdown (CommonMark), raw HTML off.
    package var summary: String
    package var addedAt: Date
    package var addedBy: String
    package var editedAt: Date?
    package var editedBy: String?
    /// Its origin, if it was imported.
    package var source: String?
    /// Set by Fortnight: nil until it is moved or cancelled.
    package var change: Change?
    /// Set by Fortnight: further meetings of a network that its announcement lists besides the next one.
    package var alsoOn: [LocalDateTime] = []

    package init(
        id: ItemID, uid: String, kind: Kind, title: String, timezone: String, summary: String = "", addedAt: Date,
        addedBy: String
    ) {
        (self.id, self.uid, self.kind, self.title, self.timezone) = (id, uid, kind, title, timezone)
        (self.summary, self.addedAt, self.addedBy) = (summary, addedAt, addedBy)
        (sequence, takingPart, topics, priority, self.repeat) = (0, TakingPart(), [], 0, .once)
    }

    /// The zone of its times; GMT if the system does not know the name, which no stored item has.
    package var zone: TimeZone { TimeZone(identifier: timezone) ?? .gmt }

    /// Whether it lasts whole days: from midnight to midnight of a later day. Readers see its days without hours.
    package var isAllDay: Bool {
        guard let starts, let ends, ends.date > starts.date else { return false }
        return starts.time.isMidnight && ends.time.isMidnight
    }

    package var startInstant: Date? { starts?.instant(in: zone) }
    package var endInstant: Date? { ends?.instant(in: zone) }
}

extension Item: Codable {
    private enum Key: String, CodingKey {
        case id, uid, sequence, kind, title, network, starts, ends, timezone, place, online, organiser, takingPart
        case support, topics, picture, from, until, priority, `repeat`, summary, addedAt, addedBy, editedAt, editedBy
        case source, change, alsoOn
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        func date(_ key: Key) throws -> Date? {
            guard let text = try box.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let date = Date(rfc3339: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: box, debugDescription: "\(text) is not RFC 3339")
            }
            return date
        }
        self.init(
            id: try box.decode(ItemID.self, forKey: .id), uid: try box.decode(String.self, forKey: .uid),
            kind: try box.decode(Kind.self, forKey: .kind), title: try box.decode(String.self, forKey: .title),
            timezone: try box.decode(String.self, forKey: .timezone),
            summary: try box.decodeIfPresent(String.self, forKey: .summary) ?? "",
            addedAt: try date(.addedAt) ?? .distantPast,
            addedBy: try box.decodeIfPresent(String.self, forKey: .addedBy) ?? "")
        sequence = try box.decodeIfPresent(Int.self, forKey: .sequence) ?? 0
        network = try box.decodeIfPresent(String.self, forKey: .network)
        starts = try box.decodeIfPresent(LocalDateTime.self, forKey: .starts)
        ends = try box.decodeIfPresent(LocalDateTime.self, forKey: .ends)
        place = try box.decodeIfPresent(Place.self, forKey: .place)
        online = try box.decodeIfPresent(Online.self, forKey: .online)
        organiser = try box.decodeIfPresent(String.self, forKey: .organiser)
        takingPart = try box.decodeIfPresent(TakingPart.self, forKey: .takingPart) ?? TakingPart()
        support = try box.decodeIfPresent(String.self, forKey: .support)
        topics = try box.decodeIfPresent([String].self, forKey: .topics) ?? []
        picture = try box.decodeIfPresent(Picture.self, forKey: .picture)
        from = try box.decodeIfPresent(LocalDate.self, forKey: .from)
        until = try box.decodeIfPresent(LocalDate.self, forKey: .until)
        priority = try box.decodeIfPresent(Int.self, forKey: .priority) ?? 0
        self.repeat = try box.decodeIfPresent(Repetition.self, forKey: .repeat) ?? .once
        (editedAt, editedBy) = (try date(.editedAt), try box.decodeIfPresent(String.self, forKey: .editedBy))
        source = try box.decodeIfPresent(String.self, forKey: .source)
        change = try box.decodeIfPresent(Change.self, forKey: .change)
        alsoOn = try box.decodeIfPresent([LocalDateTime].self, forKey: .alsoOn) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(id, forKey: .id)
        try box.encode(uid, forKey: .uid)
        try box.encode(sequence, forKey: .sequence)
        try box.encode(kind, forKey: .kind)
        try box.encode(title, forKey: .title)
        try box.encodeIfPresent(network, forKey: .network)
        try box.encodeIfPresent(starts, forKey: .starts)
        try box.encodeIfPresent(ends, forKey: .ends)
        try box.encode(timezone, forKey: .timezone)
        try box.encodeIfPresent(place, forKey: .place)
        try box.encodeIfPresent(online, forKey: .online)
        try box.encodeIfPresent(organiser, forKey: .organiser)
        if !takingPart.isEmpty { try box.encode(takingPart, forKey: .takingPart) }
        try box.encodeIfPresent(support, forKey: .support)
        if !topics.isEmpty { try box.encode(topics, forKey: .topics) }
        try box.encodeIfPresent(picture, forKey: .picture)
        try box.encodeIfPresent(from, forKey: .from)
        try box.encodeIfPresent(until, forKey: .until)
        if priority != 0 { try box.encode(priority, forKey: .priority) }
        if self.repeat != .once { try box.encode(self.repeat, forKey: .repeat) }
        try box.encode(summary, forKey: .summary)
        try box.encode(addedAt.stamp, forKey: .addedAt)
        try box.encode(addedBy, forKey: .addedBy)
        try box.encodeIfPresent(editedAt?.stamp, forKey: .editedAt)
        try box.encodeIfPresent(editedBy, forKey: .editedBy)
        try box.encodeIfPresent(source, forKey: .source)
        try box.encodeIfPresent(change, forKey: .change)
        if !alsoOn.isEmpty { try box.encode(alsoOn, forKey: .alsoOn) }
    }
}

extension Item.Change: Codable {
    private enum Key: String, CodingKey {
        case movedFrom, cancelled, why
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let why = try box.decodeIfPresent(String.self, forKey: .why)
        if try box.decodeIfPresent(Bool.self, forKey: .cancelled) == true {
            self = .cancelled(why: why)
        } else {
            self = .moved(from: try box.decode(LocalDateTime.self, forKey: .movedFrom), why: why)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        switch self {
        case .moved(let from, _): try box.encode(from, forKey: .movedFrom)
        case .cancelled: try box.encode(true, forKey: .cancelled)
        }
        try box.encodeIfPresent(why, forKey: .why)
    }
}
