import Basics
import Bulletin
import Foundation
import Journal

/// One line of the subscriber list: a subscriber's whole record.
///
///     {"id":"q2…","status":"active","statusSince":"2026-12-02T10:00:00.000Z","activeSince":"2026-12-02T10:00:00.000Z",
///      "medium":"email","address":"ada@example.org","name":"Ada","format":"both","consent":{…},"tokenVersion":1}
///
/// The first five keys are written in that order, so that a million lines are indexed by looking at their beginnings
/// (``SubscriberLineHead``); lines in any other order or spacing are read as well.
enum SubscriberLine {
    static let format = JournalFormat("fortnight-roll", version: 1)

    /// The record as written in a line: a tombstone has only id, status and date.
    static func stored(_ subscriber: Subscriber) -> Subscriber {
        guard subscriber.status == .forgotten else { return subscriber }
        return Subscriber(id: subscriber.id, status: .forgotten, since: subscriber.statusSince)
    }

    static func write(_ subscriber: Subscriber, to line: inout JSONLine) {
        line.line { line in
            line.field("id", plain: subscriber.id.description)
            line.field("status", plain: subscriber.status.rawValue)
            line.field("statusSince", plain: subscriber.statusSince.stamp)
            guard subscriber.status != .forgotten else { return }
            if let since = subscriber.activeSince { line.field("activeSince", plain: since.stamp) }
            line.field("medium", plain: subscriber.medium.rawValue)
            line.field("address", subscriber.address?.wire)
            line.field("phone", subscriber.phone?.description)
            line.field("post", subscriber.post)
            line.field("name", subscriber.name)
            line.field("format", plain: subscriber.format.rawValue)
            if let consent = subscriber.consent { write(consent, to: &line) }
            line.field("reason", subscriber.reason)
            line.field("pausedUntil", subscriber.pausedUntil?.description)
            line.field("movedTo", subscriber.movedTo?.description)
            line.field("movedFrom", subscriber.movedFrom?.description)
            line.field("tokenVersion", subscriber.tokenVersion)
            if !subscriber.asked.isEmpty {
                line.field("asked", plain: subscriber.asked.map(\.stamp).joined(separator: " "))
            }
            if !subscriber.returns.isEmpty { line.objects("returns", subscriber.returns, ReturnLine.write) }
            if let owes = subscriber.owes {
                line.object("owes") { line in
                    line.field("wish", plain: owes.request.rawValue)
                    line.field("version", owes.version)
                }
            }
        }
    }

    private static func write(_ consent: Consent, to line: inout JSONLine) {
        line.object("consent") { line in
            line.field("basis", plain: consent.basis.rawValue)
            line.field("how", plain: consent.how.rawValue)
            if let when = consent.when { line.field("when", plain: when.stamp) }
            line.field("wording", consent.wording)
            line.field("by", consent.by)
        }
    }

    /// Nil if the line is not a record, or breaks off.
    static func read(_ line: [UInt8]) -> Subscriber? { line.withUnsafeBytes { read($0) } }

    static func read(_ line: UnsafeRawBufferPointer) -> Subscriber? {
        var draft = SubscriberDraft()
        guard JSONValue.fields(of: line, { draft.take($0, $1) }) else { return nil }
        return draft.finished
    }
}

/// A record while its fields are being read.
private struct SubscriberDraft {
    private var id: SubscriberID?
    private var status: SubscriberStatus?
    private var statusSince: Date?
    private var activeSince: Date?
    private var rest = Rest()

    private struct Rest {
        var medium = Subscriber.Medium.email
        var address: EmailAddress?
        var phone: PhoneNumber?
        var post: String?
        var name: String?
        var format = Subscriber.Format.both
        var consent: Consent?
        var reason: String?
        var pausedUntil: LocalDate?
        var movedTo: SubscriberID?
        var movedFrom: SubscriberID?
        var tokenVersion = 1
        var owes: OwedRequest?
        var asked: [Date] = []
        var returns: [ReturnNote] = []
    }

    var finished: Subscriber? {
        guard let id, let status, let statusSince else { return nil }
        var subscriber = Subscriber(
            id: id, status: status, since: statusSince, address: rest.address, phone: rest.phone, post: rest.post,
            name: rest.name, format: rest.format, medium: rest.medium, consent: rest.consent, reason: rest.reason)
        subscriber.activeSince = activeSince
        subscriber.pausedUntil = rest.pausedUntil
        (subscriber.movedTo, subscriber.movedFrom) = (rest.movedTo, rest.movedFrom)
        subscriber.tokenVersion = rest.tokenVersion
        subscriber.owes = rest.owes
        subscriber.asked = rest.asked
        subscriber.returns = rest.returns
        return subscriber
    }

    /// False if the field cannot have that value. An unknown key is skipped.
    mutating func take(_ key: String, _ value: JSONValue) -> Bool {
        if value.isNull { return true }
        switch key {
        case "id": return set(&id, value.id)
        case "status": return set(&status, value.text.flatMap(SubscriberStatus.init(rawValue:)))
        case "statusSince": return set(&statusSince, value.date)
        case "activeSince": return set(&activeSince, value.date)
        case "medium": return set(&rest.medium, value.text.flatMap(Subscriber.Medium.init(rawValue:)))
        case "address": return set(&rest.address, value.address)
        case "phone": return set(&rest.phone, value.text.flatMap { PhoneNumber($0) })
        case "post": return set(&rest.post, value.text)
        case "name": return set(&rest.name, value.text)
        case "format": return set(&rest.format, value.text.flatMap(Subscriber.Format.init(rawValue:)))
        case "consent": return set(&rest.consent, consent(value))
        case "reason": return set(&rest.reason, value.text)
        case "pausedUntil": return set(&rest.pausedUntil, value.text.flatMap { LocalDate($0) })
        case "movedTo": return set(&rest.movedTo, value.id)
        case "movedFrom": return set(&rest.movedFrom, value.id)
        case "tokenVersion": return set(&rest.tokenVersion, value.number)
        case "owes": return set(&rest.owes, owes(value))
        case "asked":
            return set(&rest.asked, value.text.map { $0.split(separator: " ").compactMap { Date(rfc3339: $0) } })
        case "returns": return value.elements { set(appending: ReturnLine.read($0)) }
        default: return true
        }
    }

    private mutating func set(appending note: ReturnNote?) -> Bool {
        if let note { rest.returns.append(note) }
        return note != nil
    }

    private func set<Value>(_ field: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        field = value
        return true
    }

    private func set<Value>(_ field: inout Value?, _ value: Value?) -> Bool {
        field = value
        return value != nil
    }

    private func consent(_ value: JSONValue) -> Consent? {
        var basis: Consent.Basis?
        var how: Consent.Way?
        var (when, wording, by): (Date?, String?, String?)
        let isRead = value.fields { key, value in
            if value.isNull { return true }
            switch key {
            case "basis": return set(&basis, value.text.flatMap(Consent.Basis.init(rawValue:)))
            case "how": return set(&how, value.text.flatMap(Consent.Way.init(rawValue:)))
            case "when": return set(&when, value.date)
            case "wording": return set(&wording, value.text)
            case "by": return set(&by, value.text)
            default: return true
            }
        }
        guard isRead, let basis, let how else { return nil }
        return Consent(basis: basis, how: how, when: when, wording: wording, by: by)
    }

    private func owes(_ value: JSONValue) -> OwedRequest? {
        var request: SubscriberRequest?
        var version: Int?
        let isRead = value.fields { key, value in
            switch key {
            case "wish": return set(&request, value.text.flatMap(SubscriberRequest.init(rawValue:)))
            case "version": return set(&version, value.number)
            default: return true
            }
        }
        guard isRead, let request, let version else { return nil }
        return OwedRequest(request, version: version)
    }
}

// Nearly every value has the plainest form and is read in place; the others are decoded.
extension JSONValue {
    fileprivate var date: Date? {
        quoted.flatMap { Date(stamp: $0) } ?? text.flatMap { Date(rfc3339: $0) }
    }

    fileprivate var id: SubscriberID? {
        quoted.flatMap { SubscriberLineHead.id($0) } ?? text.flatMap { SubscriberID($0) }
    }

    fileprivate var address: EmailAddress? {
        quoted.flatMap { bytes in bytes.withMemoryRebound(to: UInt8.self) { EmailAddress(plain: $0) } }
            ?? text.flatMap { try? EmailAddress($0) }
    }
}
