package import Basics
package import Foundation

/// A telephone number in E.164 form, `+447700900123` (ITU-T E.164: at most 15 digits).
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Reads an international number (`+44 7700 900123`, `0044…`), or a national one (`07700 900123`) of the country
    /// with that calling code. Spaces, hyphens, dots and brackets are ignored. Nil for anything else.
    package init?(_ text: some StringProtocol, callingCode: String = "44") {
        var text = String(text)
        if text.utf8.first == 0x20 || !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            text = text.trimmingCharacters(in: .whitespaces)
        }
        var digits = ""
        var international = false
        // Scalars, not characters: a digit with a combining mark is one character between two digits.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "+" where digits.isEmpty && !international: international = true
            case "0"..."9": digits.unicodeScalars.append(scalar)
            case " ", "-", ".", "(", ")", "\u{A0}", "\u{2010}"..."\u{2013}": continue
            default: return nil
            }
        }
        if !international, digits.hasPrefix("00") {
            international = true
            digits.removeFirst(2)
        }
        if international {
            // +44 (0)161 …, as on letterheads.
            if digits.hasPrefix(callingCode + "0") {
                digits = callingCode + digits.dropFirst(callingCode.count + 1)
            }
        } else {
            guard digits.hasPrefix("0") else { return nil }
            digits = callingCode + digits.dropFirst()
        }
        guard (8...15).contains(digits.count), !digits.hasPrefix("0") else { return nil }
        description = "+" + digits
    }
}

extension PhoneNumber: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let number = PhoneNumber(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a telephone number")
        }
        self = number
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The legal basis for writing to a subscriber, and the evidence of it (UK GDPR article 7(1), PECR regulation 22).
package struct Consent: Hashable, Sendable, Codable {
    package enum Basis: String, Sendable, Codable, CaseIterable {
        case consent
        /// PECR regulation 22(3A).
        case charitySoftOptIn = "charity-soft-opt-in"
    }

    package enum Way: String, Sendable, Codable, CaseIterable {
        case web, mail, phone, paper, `import`
    }

    package var basis: Basis
    package var how: Way
    /// When it was given; nil if the person who entered it did not know.
    package var when: Date?
    /// The wording that was agreed to.
    package var wording: String?
    /// The login name of the person who recorded it, or the page.
    package var by: String?

    package init(basis: Basis = .consent, how: Way, when: Date?, wording: String? = nil, by: String? = nil) {
        (self.basis, self.how, self.when, self.wording, self.by) = (basis, how, when, wording, by)
    }
}

/// The status of a subscriber.
package enum SubscriberStatus: String, Sendable, Codable, CaseIterable {
    case active
    /// Asked to join on the web or by mail, and has not confirmed yet.
    case unconfirmed
    case paused
    case unsubscribed
    /// The mailbox is gone, according to its returns.
    case bounced
    /// Reported our mail as spam.
    case complained
    /// A tombstone: id, status and date only.
    case forgotten
    /// Now has another address, under another id.
    case moved

    /// Whether only the person's own new consent makes them active again.
    package var isSuppression: Bool {
        switch self {
        case .unsubscribed, .bounced, .complained, .forgotten: true
        case .active, .unconfirmed, .paused, .moved: false
        }
    }
}

/// The number of subscribers in each status.
package struct SubscriberCounts: Hashable, Sendable {
    package var byStatus: [SubscriberStatus: Int] = [:]

    package init() {}

    package subscript(status: SubscriberStatus) -> Int {
        get { byStatus[status] ?? 0 }
        set { byStatus[status] = newValue }
    }

    package var total: Int { byStatus.values.reduce(0, +) }
}

/// Requests of subscribers that are answered by a letter.
package enum SubscriberRequest: String, Sendable, CaseIterable {
    /// A letter that asks to confirm.
    case confirm
    /// A letter with the personal link to one's choices.
    case choices
    case goodbye
    /// A letter to the old address about the change.
    case changeOfAddress = "change-of-address"
}

/// A request that the record itself owes an answer to, so that a crash between the change and the letter loses neither.
package struct OwedRequest: Hashable, Sendable {
    package let request: SubscriberRequest
    /// The token's version when the request was made: with the id it names the letter in the outbox.
    package let version: Int

    package init(_ request: SubscriberRequest, version: Int) { (self.request, self.version) = (request, version) }
}

/// One subscriber's whole record, a line of the subscriber list.
package struct Subscriber: Hashable, Sendable, Identifiable {
    package enum Format: String, Sendable, Codable, CaseIterable {
        /// HTML with the text alternative.
        case both
        case text
    }

    package enum Medium: String, Sendable, Codable, CaseIterable {
        case email, post, phone
    }

    package let id: SubscriberID
    package var status: SubscriberStatus
    /// When `status` last changed.
    package var statusSince: Date
    /// When the person last became active; an audience includes people who were active before and after it was taken.
    package var activeSince: Date?
    package var address: EmailAddress?
    package var phone: PhoneNumber?
    /// A postal address, a line each, joined by line feeds.
    package var post: String?
    package var name: String?
    package var format: Format
    package var medium: Medium
    package var consent: Consent?
    /// The reason for the status, in a word or two: `one-click`, `phone`, `import`.
    package var reason: String?
    /// When a pause ends.
    package var pausedUntil: LocalDate?
    /// The new id, on a record that is `moved`; the old one, on the record it moved to.
    package var movedTo: SubscriberID?
    package var movedFrom: SubscriberID?
    /// Raised when the person's links must stop working, such as after a new request.
    package var tokenVersion: Int
    /// The request still to be answered by mail; nil if there is none.
    package var owes: OwedRequest?
    /// When letters were requested, on the web or by mail, in the last 30 days, oldest first: a limit on them keeps
    /// strangers from filling a mailbox.
    package var asked: [Date] = []
    /// The latest returns from their address, oldest first.
    package var returns: [ReturnNote] = []

    package init(
        id: SubscriberID, status: SubscriberStatus, since: Date, address: EmailAddress? = nil,
        phone: PhoneNumber? = nil, post: String? = nil, name: String? = nil, format: Format = .both,
        medium: Medium = .email, consent: Consent? = nil, reason: String? = nil
    ) {
        self.id = id
        self.status = status
        statusSince = since
        activeSince = status == .active ? since : nil
        (self.address, self.phone, self.post, self.name) = (address, phone, post, name)
        (self.format, self.medium, self.consent, self.reason) = (format, medium, consent, reason)
        tokenVersion = 1
    }

    /// Changes the status from `now` on, and keeps `statusSince` and `activeSince` consistent.
    package mutating func become(_ status: SubscriberStatus, at now: Date, reason: String?) {
        guard status != self.status else { return }
        self.status = status
        statusSince = now
        if status == .active { activeSince = now }
        if status != .paused { pausedUntil = nil }
        self.reason = reason
    }

    /// Whether this person belongs to the audience of a mailing taken at `time`.
    package func wasActive(at time: Date) -> Bool {
        guard let activeSince, activeSince <= time else { return false }
        return status == .active || statusSince > time
    }
}

extension Subscriber {
    /// Whether the subscriber list may store it as a name: one line of 1 to 200 letters. Letters may have combining
    /// marks, but not hundreds of them: 800 bytes in all.
    package static func isFit(name: String) -> Bool {
        (1...800).contains(name.utf8.count) && name.count <= 200
            && UnfitCharacter.first(in: name, oneLine: true) == nil
    }
}
