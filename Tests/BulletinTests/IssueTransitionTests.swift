import Basics
import Foundation
import Testing

@testable import Bulletin

@Suite("An issue's way from state to state")
struct IssueTransitionTests {
    private static let before = Date(timeIntervalSince1970: 1_700_000_000)
    private static let now = before + 3600
    private static let number = IssueNumber(24)
    private static let counts = {
        var counts = DeliveryCounts(owed: 0)
        (counts.accepted, counts.unknown) = (3, 0)
        return counts
    }()
    private static let refusals = Hold.Refusals(
        mailing: Mailing(number), refused: 21, tried: 51, audience: 100, share: 20, isAgain: false)

    private static func decision(_ kind: Decision.Kind) -> Decision {
        Decision(issue: number, kind: kind, at: before + 60, by: "ann")
    }

    /// Every condition an issue can have, before its first handing and after it.
    static let conditions: [(name: String, status: IssueStatus?)] =
        [("open", nil)]
        + [
            ("closed", .closed), ("held by a person", .held(.byPerson("bo", why: nil))),
            ("held by the check", .held(.byCheck(found: "the old finding"))),
            ("held for unknowns", .held(.unknowns(2, of: Mailing(number)))),
            ("sending", .sending), ("sent", .sent()), ("skipped", .skipped(.empty)),
        ].flatMap { (name: String, condition: IssueStatus.Condition) in
            [
                (name, IssueStatus(condition, since: before)),
                ("\(name), begun", IssueStatus(condition, since: before, editionsHash: "ab")),
            ]
        }

    /// Every event, with a name.
    static let events: [(name: String, event: IssueEvent)] = [
        ("closes", .closes(decided: 0)), ("closes held", .closes(hold: .byCheck(found: "x"), decided: 0)),
        ("skipped open", .skippedOpen(.byPerson("ann", why: nil), decided: 1)),
        ("hold", .decided([decision(.hold(reason: "wait"))])), ("release", .decided([decision(.release)])),
        ("skip", .decided([decision(.skip(reason: nil))])), ("send now", .decided([decision(.sendNow)])),
        ("missed", .missed(.late(latest: 43_200))), ("finding", .checked(found: "a finding")),
        ("no finding", .checked(found: nil)), ("withdrawn", .approvalWithdrawn), ("fixed", .bytesFixed(hash: "cd")),
        ("empty", .empty), ("begins", .begins), ("taken", .taken(hash: "cd", decided: 1)),
        ("refusals", .stops(.refusals(refusals), stoppedAt: counts)), ("relay", .stops(.loginRefused("535 no"))),
        ("resolved", .resolved), ("paused", .paused(counts)), ("settled", .settled(counts)),
        ("file lost", .fileLost("issues/0024/issue.json", isMissing: true)),
        ("sent before restore", .sentBeforeRestore(by: "ann", due: before, decided: 1)), ("restored", .restored),
        ("state lost", .stateLost(nil, lastDelivery: nil, decided: 1)), ("decisions lost", .decisionsLost(left: 0)),
    ]

    /// The state that each event leads to, by where an issue stands; an event that is not named leaves the state as it is.
    private static let issueTable: [String: [String: IssueState]] = [
        "open": [
            "closes": .closed, "closes held": .held, "skipped open": .skipped, "taken": .sending,
            "sent before restore": .skipped, "state lost": .held,
        ],
        "closed": [
            "hold": .held, "skip": .skipped, "missed": .held, "finding": .held, "empty": .skipped, "begins": .sending,
            "file lost": .held, "sent before restore": .sent, "restored": .held,
        ],
        "closed, begun": [
            "hold": .held, "missed": .held, "begins": .sending, "file lost": .held, "sent before restore": .sent,
            "restored": .held,
        ],
        "held by a person": [
            "release": .closed, "skip": .skipped, "send now": .closed, "sent before restore": .sent,
        ],
        "held by a person, begun": ["release": .sending, "send now": .sending, "sent before restore": .sent],
        "held by the check": [
            "release": .closed, "skip": .skipped, "send now": .closed, "no finding": .closed,
            "sent before restore": .sent,
        ],
        "held by the check, begun": ["release": .sending, "send now": .sending, "sent before restore": .sent],
        "held for unknowns": [
            "release": .closed, "skip": .skipped, "send now": .closed, "sent before restore": .sent,
        ],
        "held for unknowns, begun": [
            "release": .sending, "send now": .sending, "resolved": .sending, "sent before restore": .sent,
        ],
        "sending": [
            "hold": .held, "empty": .skipped, "refusals": .held, "relay": .held, "settled": .sent, "file lost": .held,
            "sent before restore": .sent, "restored": .held,
        ],
        "sending, begun": [
            "hold": .held, "refusals": .held, "relay": .held, "settled": .sent, "file lost": .held,
            "sent before restore": .sent, "restored": .held,
        ],
        "sent": [:], "sent, begun": [:], "skipped": [:], "skipped, begun": [:],
    ]

    /// Where a correction differs: decisions about its issue hold, release and drop it.
    private static let correctionTable: [String: [String: IssueState?]] = [
        "closed": ["hold": nil, "skip": nil], "closed, begun": ["hold": nil],
        "held by a person": ["release": .sending, "send now": .sending],
        "held by a person, begun": ["skip": .skipped],
        "held by the check": ["release": .sending, "send now": .sending],
        "held by the check, begun": ["skip": .skipped],
        "held for unknowns": ["release": .sending, "send now": .sending],
        "held for unknowns, begun": ["skip": .skipped],
        "sending": ["skip": .skipped], "sending, begun": ["skip": .skipped],
    ]

    @Test("is what the table says, for every state and every event", arguments: IssueStatus.Kind.allCases)
    func table(kind: IssueStatus.Kind) throws {
        #expect(Set(Self.issueTable.keys) == Set(Self.conditions.map(\.name)))
        for (name, status) in Self.conditions {
            for (event, value) in Self.events {
                var wanted = Self.issueTable[name]?[event] ?? status?.state ?? .open
                if kind == .correction, let other = Self.correctionTable[name]?[event] {
                    wanted = other ?? status?.state ?? .open
                }
                let (next, effects) = IssueStatus.transition(status, value, of: kind, at: Self.now)
                #expect(next?.state ?? .open == wanted, "\(kind): \(name), \(event)")
                // A change of state is told, and nothing else is told as one.
                let told = effects.contains { if case .became(wanted, next?.reason) = $0 { true } else { false } }
                #expect(
                    told == (wanted != status?.state ?? .open || next?.reason != status?.reason), "\(name), \(event)")
                // The same event again changes nothing more.
                if let next, case .decided = value {
                    #expect(IssueStatus.transition(next, value, of: kind, at: Self.now + 60).status == next)
                }
            }
        }
    }

    @Test("never changes bytes that are fixed")
    func fixed() {
        for (name, status) in Self.conditions {
            guard let status, status.hasBegun else { continue }
            for (event, value) in Self.events {
                let next = IssueStatus.transition(status, value, of: .issue, at: Self.now).status
                #expect(next?.editionsHash == "ab", "\(name), \(event)")
            }
        }
    }

    @Test("takes the time of a decision from the decision, and of all else from the clock")
    func times() throws {
        let closed = IssueStatus(.closed, since: Self.before, released: true)
        let held = try #require(
            IssueStatus.transition(closed, .decided([Self.decision(.hold(reason: "wait"))]), of: .issue, at: Self.now)
                .status)
        #expect(held == IssueStatus(.held(.byPerson("ann", why: "wait")), since: Self.before + 60, decided: 1))
        let missed = IssueStatus.transition(closed, .missed(.notReleased), of: .issue, at: Self.now).status
        #expect(missed == IssueStatus(.held(.notReleased), since: Self.now))
    }

    @Test("says when the issue is due where a decision changes that")
    func due() throws {
        let time = try #require(LocalDateTime("2026-12-03T09:00"))
        let closed = IssueStatus(.closed, since: Self.before, released: true)
        let moved = IssueStatus.transition(closed, .decided([Self.decision(.move(to: time))]), of: .issue, at: Self.now)
        #expect(moved.effects == [.dueAt(time)] && moved.status?.released == false)
        let now = IssueStatus.transition(closed, .decided([Self.decision(.sendNow)]), of: .issue, at: Self.now)
        #expect(now.effects == [.dueBy(Self.before + 60)] && now.status?.released == true)
        let begun = IssueStatus(.held(.notReleased), since: Self.before, editionsHash: "ab")
        #expect(
            IssueStatus.transition(begun, .decided([Self.decision(.move(to: time))]), of: .issue, at: Self.now).effects
                .isEmpty)
    }

    @Test("remembers how the deliveries stood when refusals stopped it")
    func refused() throws {
        let sending = IssueStatus(.sending, since: Self.before, editionsHash: "ab", released: true)
        let stopped = try #require(
            IssueStatus.transition(
                sending, .stops(.refusals(Self.refusals), stoppedAt: Self.counts), of: .issue, at: Self.now
            ).status)
        #expect(stopped.stoppedAt == Self.counts && stopped.counts == Self.counts && !stopped.released)
        let again = IssueStatus.transition(
            stopped, .decided([Self.decision(.release)]), of: .issue, at: Self.now
        ).status
        #expect(again?.state == .sending && again?.stoppedAt == Self.counts)
    }
}

@Suite("A status in state.json")
struct StatusCodingTests {
    private let since = Date(timeIntervalSince1970: 1_700_000_000)

    private func written(_ status: IssueStatus) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(status)) as? [String: Any])
    }

    private func read(_ text: String) throws -> IssueStatus {
        try JSONDecoder().decode(IssueStatus.self, from: Data(text.utf8))
    }

    @Test("reads back as what was written, for every hold and every skip")
    func roundTrip() throws {
        let mailing = Mailing(IssueNumber(24), correction: 1)
        let time = try #require(LocalDateTime("2026-12-02T10:00"))
        let refusals = Hold.Refusals(mailing: mailing, refused: 3, tried: 9, audience: 9, share: 20, isAgain: true)
        let holds: [Hold] = [
            .byPerson("ann", why: "wait: for the hall"), .byPerson("ann", why: nil), .byCheck(found: "the check found"),
            .notReleased, .late(latest: 43_200), .stalled(since: time, latest: 43_200), .refusals(refusals),
            .unknowns(2, of: mailing), .loginRefused("535 no"), .relayFault("502 no"), .relaySilent(5),
            .file("issues/0024/issue.json", isMissing: false), .file("issues/0024/issue.json", isMissing: true),
            .stateLost, .restored, .recorded("some words"), .recorded("some words", byCheck: true),
            .recorded("some words", forUnknowns: true),
        ]
        let skips: [Skip] = [
            .byPerson("ann", why: "no items"), .dropped(by: "ann", why: nil), .empty, .sentBeforeRestore(by: "ann"),
            .recorded("some words"),
        ]
        let conditions =
            [.closed, .sending, .sent(), .sent(onTheWordOf: "ann")] + holds.map { IssueStatus.Condition.held($0) }
            + skips.map { .skipped($0) }
        for condition in conditions {
            let status = IssueStatus(condition, since: since, released: true, decided: 2)
            let content = try written(status)
            #expect(content["state"] as? String == status.state.rawValue)
            #expect(content["reason"] as? String == status.reason)
            #expect(content["heldByCheck"] as? Bool ?? false == status.hold?.isByCheck ?? false)
            #expect(content["heldForUnknown"] as? Bool ?? false == status.hold?.isForUnknowns ?? false)
            #expect(try JSONDecoder().decode(IssueStatus.self, from: JSONEncoder().encode(status)) == status)
        }
    }

    @Test("is read without the typed hold, and with one that this program does not know")
    func older() throws {
        let times = #""since":"2026-11-25T10:00:00Z","released":false,"decided":0"#
        #expect(
            try read(#"{"state":"held","reason":"held by ann: wait",\#(times)}"#).hold == .byPerson("ann", why: "wait"))
        let check = try read(#"{"state":"held","reason":"the check found","heldByCheck":true,\#(times)}"#)
        #expect(check.hold?.isByCheck == true && check.reason == "the check found")
        let unknown = try read(#"{"state":"held","reason":"not known","heldForUnknown":true,\#(times)}"#)
        #expect(unknown.hold?.isForUnknowns == true)
        let newer = try read(#"{"state":"held","reason":"for the moon","hold":{"cause":"moon"},\#(times)}"#)
        #expect(newer.hold == .recorded("for the moon"))
        let skipped = try read(#"{"state":"skipped","reason":"skipped by ann",\#(times)}"#)
        #expect(skipped.reason == "skipped by ann")
    }
}
