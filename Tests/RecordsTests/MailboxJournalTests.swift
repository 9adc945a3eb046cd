import Foundation
import Journal
import Testing

@testable import Records

@Suite("The mailbox's journal")
struct MailboxJournalTests {
    @Test("remembers over a restart which messages were begun, dealt with, settled and unread")
    func remembers() throws {
        try withStateFolder { state in
            let journal = state.mailboxJournal()
            _ = try journal.enter("imaps://mail.example.org:993/INBOX bounces", validity: "7", at: noon)
            try journal.begin([("1", false), ("2", true), ("3", false), ("4", false)], at: noon)
            try journal.end([("1", .settled), ("2", .dealt), ("3", .failed)], at: noon)
            // After fetching, it is \Seen through us: the first record counts.
            try journal.begin([("3", true), ("4", true)], at: noon)
            let marks = try state.mailboxJournal().marks()
            #expect(try marks == journal.marks())
            #expect(marks.isSettled("1") && !marks.isSettled("2"))
            #expect(marks.open["2"] == OpenMessage(wasSeen: true, isDealt: true, failures: 0, begun: 1))
            #expect(marks.open["3"] == OpenMessage(wasSeen: false, isDealt: false, failures: 1, begun: 1))
            #expect(marks.open["4"] == OpenMessage(wasSeen: false, isDealt: false, failures: 0, begun: 2))
            try journal.advance(through: 1, at: noon)
            #expect(try state.mailboxJournal().marks().settled.isEmpty)
            #expect(try state.mailboxJournal().marks().isSettled("1"))
        }
    }

    @Test("starts again for another mailbox, or a renumbered one")
    func beginsAnew() throws {
        try withStateFolder { state in
            let journal = state.mailboxJournal()
            _ = try journal.enter("a", validity: "7", at: noon)
            try journal.end([("1", .settled)], at: noon)
            #expect(try journal.enter("a", validity: "7", at: noon).isSettled("1"))
            #expect(try !journal.enter("a", validity: "8", at: noon).isSettled("1"))
            try journal.end([("1", .settled)], at: noon)
            #expect(try !journal.enter("b", validity: "8", at: noon).isSettled("1"))
        }
    }

    @Test("has the same content after a rewrite, and is short")
    func tidy() throws {
        try withStateFolder { state in
            let journal = state.mailboxJournal()
            _ = try journal.enter("a", validity: "7", at: noon)
            for uid in 1...2500 {
                try journal.begin([("\(uid)", false)], at: noon)
                try journal.end([("\(uid)", .settled)], at: noon)
            }
            try journal.advance(through: 2400, at: noon)
            try journal.begin([("3000", false), ("3001", true), ("3002", false)], at: noon)
            try journal.end([("3000", .failed), ("3001", .dealt), ("3002", .putBack)], at: noon)
            try journal.begin([("3000", true)], at: noon)
            let before = try journal.marks()
            try journal.tidy(at: noon)
            #expect(try journal.marks() == before)
            #expect(try state.mailboxJournal().marks() == before)
            let text = try String(contentsOfFile: state.path + "/returns/mailbox.jsonl", encoding: .utf8)
            #expect(text.split(separator: "\n").count < 120)
        }
    }

    @Test("has a report beside it for operators")
    func report() throws {
        try withStateFolder { state in
            #expect(try state.mailboxReport.read() == nil)
            var status = MailboxStatus(mailbox: "imaps://mail.example.org:993/INBOX")
            (status.lastRead, status.problem, status.problemSince) = (noon, "no room", noon)
            status.counts = ["hard": 2, "left": 1]
            status.setAside = [.init(name: "7", reason: "it is larger than we read", at: noon)]
            try state.mailboxReport.write(status)
            #expect(try state.mailboxReport.read() == status)
        }
    }
}
