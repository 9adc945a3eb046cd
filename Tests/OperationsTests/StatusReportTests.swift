import Basics
import Bulletin
import BulletinSupport
import Foundation
import Operations
import Planning
import Publishing
import Records
import Testing

@Suite("The status report")
struct StatusReportTests {
    private let noon = TestBulletin.at("2026-11-24T12:00")

    @Test("reports a missing daemon and a missing state folder, and makes none")
    func nothingThere() throws {
        try TestBulletin.with(making: false) { bulletin in
            let report = StatusReport(bulletin.context, at: noon)
            #expect(report.daemon == .stopped(last: nil))
            #expect(report.warnings.map(\.what) == ["there is no state folder at \(bulletin.context.folder.path) yet"])
            #expect(!bulletin.context.folder.isMade)
        }
    }

    @Test("gives the next deadline of an empty state, and warns that nothing sends")
    func emptyState() throws {
        try TestBulletin.with { bulletin in
            let report = StatusReport(bulletin.context, at: noon)
            #expect(report.daemon == .stopped(last: nil))
            #expect(report.issues?.open?.closes == TestBulletin.at("2026-11-25T10:00"))
            #expect(report.warnings.map(\.what) == ["the daemon is not running: nothing is closed or sent"])
        }
    }

    @Test("tells a daemon that runs from one that hangs, whose workflow hangs, that ended, and another machine's")
    func daemons() throws {
        try TestBulletin.with { bulletin in
            let hold = try bulletin.context.folder.holdDaemonLock(at: TestBulletin.began)
            let pid = ProcessInfo.processInfo.processIdentifier
            func daemon(_ change: (inout DaemonStatus) -> Void = { _ in }) throws -> StatusReport.Daemon {
                try bulletin.writeDaemonStatus(at: noon, change)
                return StatusReport(bulletin.context, at: noon).daemon
            }
            #expect(try daemon() == .running(since: TestBulletin.began, pid: pid))
            let silence = noon.addingTimeInterval(-61)
            #expect(try daemon { $0.at = silence.stamp } == .silent(since: silence, pid: pid))
            #expect(try daemon { $0.turn = silence.stamp } == .stuck(since: silence, pid: pid))
            #expect(try daemon { $0.host = "elsewhere" } == .elsewhere(host: "elsewhere", last: noon))
            #expect(try daemon { $0.at = noon.addingTimeInterval(3600).stamp } != .silent(since: noon, pid: pid))
            withExtendedLifetime(hold) {}
            // The kernel gives no process this number.
            let folder = StateFolder(path: "\(bulletin.scratch)/other")
            try folder.make(at: TestBulletin.began)
            var status = DaemonStatus()
            (status.pid, status.host, status.at) = (4_194_304, ProcessInfo.processInfo.hostName, noon.stamp)
            try folder.write(status)
            let other = PublishingContext(configuration: bulletin.context.configuration, folder: folder)
            #expect(StatusReport(other, at: noon).daemon == .stopped(last: noon))
        }
    }

    @Test("works without a damaged document, and names it")
    func damagedDocument() throws {
        try TestBulletin.with { bulletin in
            let path = "\(bulletin.context.folder.path)/standing/standing.json"
            for text in ["", "{", "[]", "{\"formatVersion\":99}", "{\"formatVersion\":1,\"pid\":\"x\"}"] {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                let report = StatusReport(bulletin.context, at: noon)
                #expect(report.warnings.first?.what.contains(path) == true, "\(text): \(report.warnings)")
                #expect(report.issues?.open != nil)
            }
        }
    }

    @Test("warns of what keeps the daemon from its work, of a refused configuration, and of what waits for a person")
    func warnings() throws {
        try TestBulletin.with { bulletin in
            let hold = try bulletin.context.folder.holdDaemonLock(at: TestBulletin.began)
            try bulletin.writeDaemonStatus(at: noon) { status in
                status.delivery = DaemonStatus.Trouble(words: "issue 1 waits for the relay: refused", since: noon)
                status.reload = DaemonStatus.Trouble(words: "fortnight.yaml:3:1: no such key", since: noon)
            }
            let words = StatusReport(bulletin.context, at: noon).warnings.map(\.what)
            #expect(words.count == 2)
            #expect(words[0] == "issue 1 waits for the relay: refused since Tuesday 24 November 2026 at 12:00")
            #expect(words[1].hasPrefix("a new configuration was refused on Tuesday"))
            #expect(words[1].hasSuffix("fortnight.yaml:3:1: no such key"))
            withExtendedLifetime(hold) {}
        }
    }

    @Test("tells accounts without access when the mailbox was read, and warns of its faults")
    func mailbox() throws {
        try TestBulletin.with(sections: "mailbox: {url: \"maildir:/var/mail/bounces\"}") { bulletin in
            let hold = try bulletin.context.folder.holdDaemonLock(at: TestBulletin.began)
            var reading = MailboxStatus(mailbox: "maildir:/var/mail/bounces")
            (reading.lastRead, reading.lastSuccess) = (noon, noon)
            try bulletin.writeDaemonStatus(at: noon) { $0.mailbox = reading }
            let report = StatusReport(bulletin.context, at: noon)
            #expect(report.mailbox.lastSuccess == noon && report.mailbox.isConfigured)
            #expect(report.warnings.isEmpty)
            #expect(
                StatusReport(bulletin.context, at: noon + 30).warnings.isEmpty)
            (reading.problem, reading.problemSince) = ("it is no Maildir", noon)
            try bulletin.writeDaemonStatus(at: noon) { $0.mailbox = reading }
            #expect(
                StatusReport(bulletin.context, at: noon).warnings.map(\.what)
                    == ["the mailbox since Tuesday 24 November 2026 at 12:00: it is no Maildir"])
            (reading.problem, reading.lastSuccess) = (nil, noon - 7200)
            try bulletin.writeDaemonStatus(at: noon) { $0.mailbox = reading }
            #expect(
                StatusReport(bulletin.context, at: noon).warnings.map(\.what)
                    == ["the mailbox was not read to its end since Tuesday 24 November 2026 at 10:00"])
            withExtendedLifetime(hold) {}
        }
    }

    @Test("writes sizes as people read them")
    func sizes() {
        #expect(ByteWords.of(0) == "0 bytes")
        #expect(ByteWords.of(1) == "1 byte")
        #expect(ByteWords.of(1234) == "1.2 kB")
        #expect(ByteWords.of(2_000_000) == "2 MB")
        #expect(ByteWords.of(999_999) == "1 MB")
        #expect(ByteWords.of(45_678_000_000) == "46 GB")
    }
}
