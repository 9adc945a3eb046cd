import Basics
import Foundation

// `state.json` says in `reason` why, for people, and in `heldByCheck` and `heldForUnknown` what programs before typed holds
// decided by; they stay. `hold` and `skip` say the same for programs. A file without them is read by the older keys.

extension IssueStatus: Codable {
    private enum Key: String, CodingKey {
        case state, since, reason, hold, skip, onTheWordOf, sentAt, editionsHash, heldByCheck, heldForUnknown, stoppedAt
        case released, decided, counts
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let reason = try box.decodeIfPresent(String.self, forKey: .reason)
        let condition: Condition
        switch try box.decode(IssueState.self, forKey: .state) {
        case .closed: condition = .closed
        case .sending: condition = .sending
        case .sent: condition = .sent(onTheWordOf: try box.decodeIfPresent(String.self, forKey: .onTheWordOf))
        case .held:
            let byCheck = try box.decodeIfPresent(Bool.self, forKey: .heldByCheck) ?? false
            let forUnknowns = try box.decodeIfPresent(Bool.self, forKey: .heldForUnknown) ?? false
            let stored = try box.decodeIfPresent(StoredCause.self, forKey: .hold)
            condition = .held(
                stored?.hold
                    ?? Hold(recorded: reason ?? "no reason was stored", byCheck: byCheck, forUnknowns: forUnknowns))
        case .skipped:
            let stored = try box.decodeIfPresent(StoredCause.self, forKey: .skip)
            condition = .skipped(stored?.skip ?? .recorded(reason ?? "no reason was stored"))
        case .open:
            throw DecodingError.dataCorruptedError(
                forKey: .state, in: box, debugDescription: "an issue that is open has no such file")
        }
        self.init(
            condition, since: try box.decodeStamp(forKey: .since),
            sentAt: try box.decodeStampIfPresent(forKey: .sentAt),
            editionsHash: try box.decodeIfPresent(String.self, forKey: .editionsHash),
            stoppedAt: try box.decodeIfPresent(DeliveryCounts.self, forKey: .stoppedAt),
            released: try box.decodeIfPresent(Bool.self, forKey: .released) ?? false,
            decided: try box.decodeIfPresent(Int.self, forKey: .decided) ?? 0,
            counts: try box.decodeIfPresent(DeliveryCounts.self, forKey: .counts))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(state, forKey: .state)
        try box.encode(stamp: since, forKey: .since)
        try box.encodeIfPresent(reason, forKey: .reason)
        switch condition {
        case .held(let hold):
            try box.encodeIfPresent(StoredCause(hold), forKey: .hold)
            if hold.isByCheck { try box.encode(true, forKey: .heldByCheck) }
            if hold.isForUnknowns { try box.encode(true, forKey: .heldForUnknown) }
        case .skipped(let skip): try box.encodeIfPresent(StoredCause(skip), forKey: .skip)
        case .sent(let person): try box.encodeIfPresent(person, forKey: .onTheWordOf)
        case .closed, .sending: break
        }
        try box.encode(stampIfPresent: sentAt, forKey: .sentAt)
        try box.encodeIfPresent(editionsHash, forKey: .editionsHash)
        try box.encodeIfPresent(stoppedAt, forKey: .stoppedAt)
        try box.encode(released, forKey: .released)
        try box.encode(decided, forKey: .decided)
        try box.encodeIfPresent(counts, forKey: .counts)
    }
}

extension Hold {
    /// As a file has it that stores words and two flags.
    fileprivate init(recorded words: String, byCheck: Bool, forUnknowns: Bool) {
        let person = "held by "
        guard words.hasPrefix(person), !byCheck, !forUnknowns else {
            self = .recorded(words, byCheck: byCheck, forUnknowns: forUnknowns)
            return
        }
        let rest = words.dropFirst(person.count)
        guard let colon = rest.firstRange(of: ": ") else {
            self = .byPerson(String(rest), why: nil)
            return
        }
        self = .byPerson(String(rest[..<colon.lowerBound]), why: String(rest[colon.upperBound...]))
    }
}

/// A hold or a skip as it is stored: a `cause`, and what belongs to it. One that this program does not know, or that lacks
/// something, is read as its words alone.
private struct StoredCause: Codable {
    private let cause: String
    private var by: String?
    /// A person's, the check's or the relay's words.
    private var words: String?
    /// Seconds.
    private var latest: Int?
    /// `2026-12-02T10:00`
    private var stoppedAt: String?
    private var count: Int?
    private var of: String?
    private var refused: Int?
    private var tried: Int?
    private var audience: Int?
    private var share: Int?
    private var again: Bool?
    private var file: String?

    private init(_ cause: String, by: String? = nil, words: String? = nil) {
        (self.cause, self.by, self.words) = (cause, by, words)
    }

    /// Nil of one that has no more than words.
    init?(_ hold: Hold) {
        switch hold {
        case .byPerson(let person, let why): self.init("person", by: person, words: why)
        case .byCheck(let found): self.init("check", words: found)
        case .notReleased: self.init("not-released")
        case .late(let latest):
            self.init("late")
            self.latest = latest
        case .stalled(let since, let latest):
            self.init("stalled")
            (stoppedAt, self.latest) = (since.description, latest)
        case .refusals(let refusals):
            self.init("refusals")
            (of, refused, tried) = (refusals.mailing.description, refusals.refused, refusals.tried)
            (audience, share, again) = (refusals.audience, refusals.share, refusals.isAgain)
        case .unknowns(let count, let mailing):
            self.init("unknowns")
            (self.count, of) = (count, mailing.description)
        case .loginRefused(let words): self.init("login-refused", words: words)
        case .relayFault(let words): self.init("relay-fault", words: words)
        case .relaySilent(let count):
            self.init("relay-silent")
            self.count = count
        case .file(let path, let isMissing):
            self.init(isMissing ? "file-missing" : "file-damaged")
            file = path
        case .stateLost: self.init("state-lost")
        case .restored: self.init("restored")
        case .recorded: return nil
        }
    }

    init?(_ skip: Skip) {
        switch skip {
        case .byPerson(let person, let why): self.init("person", by: person, words: why)
        case .dropped(let person, let why): self.init("dropped", by: person, words: why)
        case .empty: self.init("empty")
        case .sentBeforeRestore(let person): self.init("sent-before-restore", by: person)
        case .recorded: return nil
        }
    }

    var hold: Hold? {
        switch cause {
        case "person": by.map { .byPerson($0, why: words) }
        case "check": words.map { .byCheck(found: $0) }
        case "not-released": .notReleased
        case "late": latest.map { .late(latest: $0) }
        case "stalled":
            if let since = stoppedAt.flatMap({ LocalDateTime($0) }), let latest {
                .stalled(since: since, latest: latest)
            } else {
                nil
            }
        case "refusals": refusals.map { .refusals($0) }
        case "unknowns": if let count, let mailing { .unknowns(count, of: mailing) } else { nil }
        case "login-refused": words.map { .loginRefused($0) }
        case "relay-fault": words.map { .relayFault($0) }
        case "relay-silent": count.map { .relaySilent($0) }
        case "file-missing", "file-damaged": file.map { .file($0, isMissing: cause == "file-missing") }
        case "state-lost": .stateLost
        case "restored": .restored
        default: nil
        }
    }

    var skip: Skip? {
        switch cause {
        case "person": by.map { .byPerson($0, why: words) }
        case "dropped": by.map { .dropped(by: $0, why: words) }
        case "empty": .empty
        case "sent-before-restore": by.map { .sentBeforeRestore(by: $0) }
        default: nil
        }
    }

    private var mailing: Mailing? { of.flatMap { Mailing($0) } }

    private var refusals: Hold.Refusals? {
        guard let mailing, let refused, let tried, let audience, let share, let again else { return nil }
        return Hold.Refusals(
            mailing: mailing, refused: refused, tried: tried, audience: audience, share: share, isAgain: again)
    }
}
