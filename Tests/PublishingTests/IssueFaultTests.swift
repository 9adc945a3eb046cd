import Bulletin
import BulletinSupport
import DevelopmentInbox
import Foundation
import Planning
import Records
import TestSupport
import Testing

@testable import Publishing

@Suite("A file of an issue that is lost")
struct IssueFaultTests {
    private let one = IssueNumber(1)

    enum Damage: CaseIterable {
        case missing, empty, halved

        func strike(_ path: String) throws {
            switch self {
            case .missing: try FileManager.default.removeItem(atPath: path)
            case .empty: try Data().write(to: URL(filePath: path))
            case .halved:
                let content = try Data(contentsOf: URL(filePath: path))
                try content.prefix(content.count / 2).write(to: URL(filePath: path))
            }
        }
    }

    private func path(_ bulletin: TestBulletin, _ name: String, _ number: Int = 1) -> String {
        bulletin.context.folder.path + "/issues/\(IssueNumber(number).padded)/\(name)"
    }

    /// Looks until well after the next issue was due, and expects that one to be sent.
    private func expectNextGoesOut(_ bulletin: TestBulletin) throws {
        try bulletin.queue("Another", at: TestBulletin.closes + 3600)
        try bulletin.look(at: TestBulletin.at("2026-12-09T10:00"))
        #expect(try bulletin.status(2)?.state == .closed)
        #expect(try bulletin.look(at: TestBulletin.at("2026-12-16T10:00")).toSend.contains(IssueNumber(2)))
    }

    @Test("holds an issue that is closed, and lets the next one go out", arguments: Damage.allCases)
    func closed(damage: Damage) throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try damage.strike(path(bulletin, "issue.json"))
            let result = try bulletin.look(at: TestBulletin.sends)
            #expect(result.toSend.isEmpty)
            #expect(try bulletin.status()?.hold == .file("issues/0001/issue.json", isMissing: damage == .missing))
            let told = try Briefing(bulletin.context, at: TestBulletin.sends).tasks.first { $0.issue == one }
            #expect(told?.what.contains("restore it from a backup, then release the issue") == true, "\(told as Any)")
            try expectNextGoesOut(bulletin)
            // A person who releases it all the same changes nothing, and there is no crash.
            try bulletin.decide(.release, at: TestBulletin.sends + 86_400)
            #expect(try !bulletin.look(at: TestBulletin.sends + 86_401).toSend.contains(one))
            #expect(try bulletin.status()?.hold?.isForFile == true)
        }
    }

    @Test("holds an issue that is being sent", arguments: Damage.allCases)
    func sending(damage: Damage) throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            try damage.strike(path(bulletin, "issue.json"))
            #expect(try bulletin.look(at: TestBulletin.sends + 60).toSend.isEmpty)
            #expect(try bulletin.status()?.hold?.isForFile == true)
            try expectNextGoesOut(bulletin)
        }
    }

    @Test("leaves an issue that is sent as it is, and names the file", arguments: Damage.allCases)
    func sent(damage: Damage) throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            try bulletin.markSent(at: TestBulletin.sends + 60)
            try damage.strike(path(bulletin, "issue.json"))
            try bulletin.look(at: TestBulletin.sends + 120)
            #expect(try bulletin.status()?.state == .sent)
            let faults = try Briefing(bulletin.context, at: TestBulletin.sends + 120).faults
            #expect(faults.count == 1 && faults.first?.what.contains("issues/0001/issue.json is ") == true, "\(faults)")
            try expectNextGoesOut(bulletin)
        }
    }

    @Test(
        "is named where it says how the issue stands, and nothing is done with that issue", arguments: Damage.allCases)
    func state(damage: Damage) throws {
        // Without the file the issue is open, and closes again.
        guard damage != .missing else { return }
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try damage.strike(path(bulletin, "state.json"))
            let before = try Data(contentsOf: URL(filePath: path(bulletin, "state.json")))
            try bulletin.decide(.sendNow, at: TestBulletin.sends)
            #expect(try bulletin.look(at: TestBulletin.sends + 60).toSend.isEmpty)
            #expect(try Data(contentsOf: URL(filePath: path(bulletin, "state.json"))) == before)
            let faults = try Briefing(bulletin.context, at: TestBulletin.sends + 120).faults
            #expect(faults.first?.what.contains("issues/0001/state.json is damaged") == true, "\(faults)")
            try expectNextGoesOut(bulletin)
        }
    }

    @Test("holds a correction, and none is sent twice for it", arguments: Damage.allCases)
    func correction(damage: Damage) throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            try bulletin.markSent(at: TestBulletin.sends + 60)
            try bulletin.decide(.correct(item: nil, text: "It is at noon."), at: TestBulletin.sends + 120)
            let mailing = Mailing(one, correction: 1)
            #expect(try TakeCorrections(bulletin.context)(at: TestBulletin.sends + 130).toSend == [mailing])
            try damage.strike(path(bulletin, "c1/correction.json"))
            #expect(try TakeCorrections(bulletin.context)(at: TestBulletin.sends + 140).toSend.isEmpty)
            #expect(try bulletin.context.folder.issues.status(of: mailing)?.hold?.isForFile == true)
            #expect(try bulletin.context.folder.issues.correctionReadings(of: one).count == 1)
            try expectNextGoesOut(bulletin)
        }
    }
}
