import Bulletin
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

    private func path(_ desk: NewsDesk, _ name: String, _ number: Int = 1) -> String {
        desk.context.folder.path + "/issues/\(IssueNumber(number).padded)/\(name)"
    }

    /// Looks until well after the next issue was due, and expects that one to be sent.
    private func expectNextGoesOut(_ desk: NewsDesk) throws {
        try desk.queue("Another", at: NewsDesk.closes + 3600)
        try desk.look(at: NewsDesk.at("2026-12-09T10:00"))
        #expect(try desk.status(2)?.state == .closed)
        #expect(try desk.look(at: NewsDesk.at("2026-12-16T10:00")).toSend.contains(IssueNumber(2)))
    }

    @Test("holds an issue that is closed, and lets the next one go out", arguments: Damage.allCases)
    func closed(damage: Damage) throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try damage.strike(path(desk, "issue.json"))
            let result = try desk.look(at: NewsDesk.sends)
            #expect(result.toSend.isEmpty)
            #expect(try desk.status()?.hold == .file("issues/0001/issue.json", isMissing: damage == .missing))
            let told = try Briefing(desk.context, at: NewsDesk.sends).tasks.first { $0.issue == one }
            #expect(told?.what.contains("restore it from a backup, then release the issue") == true, "\(told as Any)")
            try expectNextGoesOut(desk)
            // A person who releases it all the same changes nothing, and there is no crash.
            try desk.decide(.release, at: NewsDesk.sends + 86_400)
            #expect(try !desk.look(at: NewsDesk.sends + 86_401).toSend.contains(one))
            #expect(try desk.status()?.hold?.isForFile == true)
        }
    }

    @Test("holds an issue that is being sent", arguments: Damage.allCases)
    func sending(damage: Damage) throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            try damage.strike(path(desk, "issue.json"))
            #expect(try desk.look(at: NewsDesk.sends + 60).toSend.isEmpty)
            #expect(try desk.status()?.hold?.isForFile == true)
            try expectNextGoesOut(desk)
        }
    }

    @Test("leaves an issue that is sent as it is, and names the file", arguments: Damage.allCases)
    func sent(damage: Damage) throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            try desk.markSent(at: NewsDesk.sends + 60)
            try damage.strike(path(desk, "issue.json"))
            try desk.look(at: NewsDesk.sends + 120)
            #expect(try desk.status()?.state == .sent)
            let faults = try Briefing(desk.context, at: NewsDesk.sends + 120).faults
            #expect(faults.count == 1 && faults.first?.what.contains("issues/0001/issue.json is ") == true, "\(faults)")
            try expectNextGoesOut(desk)
        }
    }

    @Test(
        "is named where it says how the issue stands, and nothing is done with that issue", arguments: Damage.allCases)
    func state(damage: Damage) throws {
        // Without the file the issue is open, and closes again.
        guard damage != .missing else { return }
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try damage.strike(path(desk, "state.json"))
            let before = try Data(contentsOf: URL(filePath: path(desk, "state.json")))
            try desk.decide(.sendNow, at: NewsDesk.sends)
            #expect(try desk.look(at: NewsDesk.sends + 60).toSend.isEmpty)
            #expect(try Data(contentsOf: URL(filePath: path(desk, "state.json"))) == before)
            let faults = try Briefing(desk.context, at: NewsDesk.sends + 120).faults
            #expect(faults.first?.what.contains("issues/0001/state.json is damaged") == true, "\(faults)")
            try expectNextGoesOut(desk)
        }
    }

    @Test("holds a correction, and none is sent twice for it", arguments: Damage.allCases)
    func correction(damage: Damage) throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            try desk.markSent(at: NewsDesk.sends + 60)
            try desk.decide(.correct(item: nil, text: "It is at noon."), at: NewsDesk.sends + 120)
            let mailing = Mailing(one, correction: 1)
            #expect(try TakeCorrections(desk.context)(at: NewsDesk.sends + 130).toSend == [mailing])
            try damage.strike(path(desk, "c1/correction.json"))
            #expect(try TakeCorrections(desk.context)(at: NewsDesk.sends + 140).toSend.isEmpty)
            #expect(try desk.context.folder.issues.status(of: mailing)?.hold?.isForFile == true)
            #expect(try desk.context.folder.issues.correctionReadings(of: one).count == 1)
            try expectNextGoesOut(desk)
        }
    }
}
