import Bulletin
import BulletinSupport
import Foundation
import Records
import TestSupport
import Testing

@testable import Operations

@Suite("Verifying the state")
struct VerifyTests {
    private let now = TestBulletin.sends + 86_400

    /// The findings; checking changes nothing.
    private func findings(_ bulletin: TestBulletin) throws -> [String] {
        try VerifyState(bulletin.folder)().findings.map { finding in
            "\(finding.path.dropFirst(bulletin.path.utf8.count + 1)) \(finding.what)"
        }
    }

    private func repair(_ bulletin: TestBulletin) throws -> [String] {
        let verify = VerifyState(bulletin.folder)
        return try verify.repair(verify(), at: now)
    }

    @Test("finds nothing wrong in a sound one")
    func sound() throws {
        try TestBulletin.withSentIssue { bulletin in
            let report = try VerifyState(bulletin.folder)()
            #expect(report.findings.isEmpty && report.people == 5 && report.issues == 1 && report.ledgers == 1)
        }
    }

    @Test("finds a damaged line of the subscriber list, and pauses the subscriber whose last request it hides")
    func damagedRollLine() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("subscriptions/roll.jsonl") { text in
                var lines = text.split(separator: "\n").map(String.init)
                lines[3] = lines[3].replacing("\"medium\"", with: "medium")
                text = lines.joined(separator: "\n") + "\n"
            }
            #expect(try findings(bulletin).contains { $0.hasPrefix("subscriptions/roll.jsonl line 4 ") })
            let done = try repair(bulletin)
            #expect(done.count == 1 && done[0].contains("before-repair"))
            #expect(try bulletin.status(of: "reader3@example.org") == .paused)
            #expect(try bulletin.status(of: "reader2@example.org") == .active)
            #expect(try !findings(bulletin).contains { $0.hasPrefix("subscriptions/roll.jsonl") })
            let kept = try FileManager.default.contentsOfDirectory(atPath: bulletin.path + "/subscriptions")
            #expect(kept.contains { $0.hasPrefix("roll.jsonl.before-repair-") })
        }
    }

    @Test("never reactivates by a repair a subscriber who left in the damaged line")
    func leavingStays() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.leave("reader2@example.org", at: now - 60)
            try bulletin.spoil("subscriptions/roll.jsonl") { $0 = $0.dropLast(40) + "\n" }
            try bulletin.join("new@example.org", at: now)
            _ = try repair(bulletin)
            #expect(try bulletin.status(of: "reader2@example.org") == .unsubscribed)
        }
    }

    @Test("finds an id that is not its address's")
    func strangeID() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("subscriptions/roll.jsonl") {
                $0 = $0.replacing("reader4@example.org", with: "mallory@example.net")
            }
            #expect(try findings(bulletin).contains { $0.contains("line 5 has the id") })
        }
    }

    @Test("finds a delivery settled twice, and counts that differ from the ledger's")
    func settledTwice() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("deliveries/0001.jsonl") { text in
                let last = text.split(separator: "\n").last.map(String.init) ?? ""
                text += last + "\n"
            }
            #expect(
                try findings(bulletin).contains {
                    $0.hasPrefix("deliveries/0001.jsonl line 13 settles the delivery to")
                })
            _ = try repair(bulletin)
            #expect(try findings(bulletin).isEmpty)
            #expect(try bulletin.folder.deliveryCounts(Mailing(IssueNumber(1))).accepted == 5)

            try bulletin.folder.ledger(Mailing(IssueNumber(1))).finish()
        }
    }

    @Test("finds running totals that do not agree, and has them counted again")
    func totals() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("deliveries/0001.totals.json") {
                $0 = $0.replacing("\"accepted\" : 5", with: "\"accepted\" : 4")
            }
            #expect(try findings(bulletin) == ["deliveries/0001.totals.json does not agree with the ledger"])
            _ = try repair(bulletin)
            #expect(try findings(bulletin).isEmpty)
        }
    }

    @Test("finds a lost outcome, and makes it unknown, for a person to resolve")
    func lostOutcome() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("deliveries/0001.jsonl") { text in
                var lines = text.split(separator: "\n").map(String.init)
                lines[9] = "{\"id\":broken}"
                text = lines.joined(separator: "\n") + "\n"
            }
            #expect(try findings(bulletin).contains { $0.contains("deliveries/0001.jsonl line 10") })
            _ = try repair(bulletin)
            let left = try findings(bulletin)
            #expect(left.contains { $0.contains("leaves 1 deliveries open") }, "\(left)")
        }
    }

    @Test("finds a damaged issue state, and restores it from the ledger")
    func status() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("issues/0001/state.json") { $0 = String($0.dropLast(12)) }
            #expect(try findings(bulletin).contains { $0.hasPrefix("issues/0001/state.json is damaged") })
            _ = try repair(bulletin)
            #expect(try bulletin.folder.issues.status(IssueNumber(1))?.state == .sent)
            #expect(try findings(bulletin).isEmpty)
        }
    }

    @Test("finds editions that differ from the ones sent")
    func editions() throws {
        try TestBulletin.withSentIssue { bulletin in
            try bulletin.spoil("issues/0001/mail.txt") { $0 += "!" }
            #expect(try findings(bulletin).contains { $0.contains("have changed since sending began") })
        }
    }

    @Test(
        "finds files that are not JSON, and leftovers of killed writers",
        arguments: ["editorial/items/abc234.json", "outbox/x.json"])
    func rubbish(name: String) throws {
        try TestBulletin.withSentIssue { bulletin in
            try Data([0xFF, 0x00, 0x7B]).write(to: URL(filePath: "\(bulletin.path)/\(name)"))
            try Data().write(to: URL(filePath: "\(bulletin.path)/issues/0001/.issue.json.tmp"))
            let found = try findings(bulletin)
            #expect(found.contains { $0.hasPrefix(name) })
            #expect(found.contains { $0.hasPrefix("issues/0001/.issue.json.tmp is a leftover") })
            _ = try repair(bulletin)
            #expect(try !findings(bulletin).contains { $0.hasPrefix("issues/0001/.issue.json.tmp") })
        }
    }

    @Test("survives any damage: reports it, and never crashes")
    func anyDamage() throws {
        try TestBulletin.withSentIssue { bulletin in
            var names: [String] = []
            try bulletin.folder.eachFile { name in
                if !name.hasSuffix(".lock"), !name.hasSuffix(".html"), !name.hasSuffix(".txt") { names.append(name) }
            }
            var generator = RepeatableGenerator(seed: 11)
            for name in names {
                let file = URL(filePath: "\(bulletin.path)/\(name)")
                let whole = try Data(contentsOf: file)
                for _ in 0..<20 where !whole.isEmpty {
                    var bytes = whole
                    let start = Int.random(in: 0..<bytes.count, using: &generator)
                    let end = min(bytes.count, start + Int.random(in: 1...40, using: &generator))
                    for index in start..<end { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
                    try bytes.write(to: file)
                    _ = try VerifyState(bulletin.folder)()
                }
                try whole.write(to: file)
            }
            #expect(try findings(bulletin).isEmpty)
        }
    }
}
