import Foundation
import TestSupport
import Testing

@Suite("Networks from the command line", .wholePrograms) struct NetworkCommandTests {
    private func with(_ body: (LivingBulletin) async throws -> Void) async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.done(
                "networks", "add", "forum", "--name", "Older People's Forum", "--every", "month", "--on",
                "second Tuesday",
                "--first", "2099-12-01", "--at", "10:00", "--ends", "11:30", "--taking-part-phone", "0161 496 0456",
                "--place-name", "The hall", "--place-access", "Step-free")
            try await body(bulletin)
        }
    }

    /// The text of an issue as it would be sent, its lines joined.
    private func text(_ issue: Int, _ bulletin: LivingBulletin) async throws -> String {
        try await bulletin.done("preview", "--issue", "\(issue)", "--format", "text").replacing("\n", with: " ")
    }

    @Test("a meeting added by hand that a network announces is noticed, even if it names the network")
    func duplicate() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(
                in: scratch, smtpPort: 2525, schedule: "  first: 2026-12-02 10:00\n  firstNumber: 1")
            try await bulletin.done(
                "networks", "add", "forum", "--name", "Forum", "--every", "week", "--on", "Wednesday", "--at", "10:00",
                "--first", "2090-01-04", "--place-name", "The hall", "--place-access", "Step-free",
                "--taking-part-phone",
                "0161 496 0456")
            for more in [["--network", "forum"], []] {
                let taken = try await ProgramRun.run(
                    Programs.ours("fortnight"),
                    ["add", "meeting", "--title", "Forum", "--starts", "2090-01-11 10:00", "--summary", "x"]
                        + ["--taking-part-phone", "0161 496 0456", "--config", "\(scratch)/fortnight.yaml"] + more)
                #expect(taken.status == 0 && (taken.errors + taken.output).contains("duplicate"), "\(taken)")
            }
        }
    }

    @Test("a network's next meeting is announced without being queued, with the network's details")
    func announced() async throws {
        try await with { bulletin in
            let text = try await text(1, bulletin)
            #expect(text.contains("When: Tuesday 8 December 2099, 10:00 to 11:30"))
            #expect(text.contains("Access: Step-free"))
            #expect(text.contains("* Phone: 0161 496 0456"))
            let items = try await bulletin.done("items", "--json")
            #expect(items.contains("\"title\":\"Older People's Forum\"") && items.contains("\"issue\":1"))
        }
    }

    @Test("a moved and a cancelled date are announced by their old date, in the issue that the command names")
    func changed() async throws {
        try await with { bulletin in
            let moved = try await bulletin.done(
                "networks", "move-date", "forum", "2099-12-08", "2099-12-10 14:00", "--why", "The hall is let.")
            #expect(
                moved == """
                    Moved: Older People's Forum from Tuesday 8 December 2099 at 10:00 to Thursday 10 December 2099 at 14:00.
                    Readers are told in issue 1, on Wednesday 2 December 2099 at 10:00.

                    """)
            let text = try await text(1, bulletin)
            #expect(text.contains("MOVED: it was to be on Tuesday 8 December 2099, 10:00. The hall is let."))
            #expect(text.contains("When: Thursday 10 December 2099, 14:00 to 15:30"))
            let off = try await bulletin.done("networks", "cancel-date", "forum", "2100-01-12")
            #expect(off.contains("Readers are told in issue 2, on Wednesday 16 December 2099 at 10:00."))
            #expect(
                try await self.text(2, bulletin).contains(
                    "CALLED OFF: it does not take place on Tuesday 12 January 2100"))
            try await bulletin.done("networks", "restore-date", "forum", "2100-01-12")
            #expect(try await !self.text(2, bulletin).contains("CALLED OFF"))
        }
    }

    @Test("a date outside the rule, a missing network and an invalid rule are refused")
    func refused() async throws {
        try await with { bulletin in
            let wrong = try await bulletin.run("networks", "cancel-date", "forum", "2099-12-09")
            #expect(wrong.status == 1)
            #expect(
                wrong.errors.contains(
                    "forum does not meet on Wednesday 9 December 2099; its nearest meetings are on Tuesday 8 December 2099 and "
                        + "Tuesday 12 January 2100"))
            let missing = try await bulletin.run("networks", "show", "choir")
            #expect(missing.status == 1)
            #expect(missing.errors.contains("there is no network choir"))
            let twice = try await bulletin.run(
                "networks", "add", "forum", "--name", "Other", "--every", "week", "--at", "10:00",
                "--taking-part-phone",
                "0161 496 0456")
            #expect(twice.status == 1)
            for rule in ["FREQ=HOURLY", "FREQ=WEEKLY;COUNT=2;UNTIL=20991231", "nonsense"] {
                let bad = try await bulletin.run(
                    "networks", "add", "choir", "--name", "Choir", "--rule", rule, "--at", "10:00",
                    "--taking-part-phone",
                    "0161 496 0456")
                #expect(bad.status == 64)
            }
            let silent = try await bulletin.run(
                "networks", "add", "choir", "--name", "Choir", "--every", "week", "--at", "10:00")
            #expect(silent.status == 1)
            #expect(silent.errors.contains("takingPart: there is no way to take part"))
            #expect(try await bulletin.done("networks", "list", "--json").split(separator: "\n").count == 1)
        }
    }

    @Test(
        "moved dates stay moved when the network meets at another hour, and the dates that a new rule drops are listed")
    func editedAfterwards() async throws {
        try await with { bulletin in
            try await bulletin.done("networks", "move-date", "forum", "2099-12-08", "2099-12-10 14:00")
            let later = try await bulletin.done("networks", "edit", "forum", "--at", "11:00")
            #expect(later.contains("every month on the second Tuesday at 11:00 to 12:30."), "\(later)")
            #expect(later.contains("Thursday 10 December 2099 at 14:00, moved from"))
            let ending = try await bulletin.run(
                "networks", "edit", "forum", "--every", "month", "--on", "first Monday", "--first", "2099-12-01")
            #expect(
                ending.errors.contains(
                    "the meeting of Tuesday 8 December 2099 at 11:00 was moved to Thursday 10 December 2099 at 14:00"),
                "\(ending)")
        }
    }

    @Test("an announced meeting is shown, and edited by its network only")
    func shown() async throws {
        struct Row: Decodable { let id: String }
        try await with { bulletin in
            let line = try #require(try await bulletin.done("items", "--json").split(separator: "\n").first)
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            let shown = try await bulletin.done("show", row.id)
            #expect(shown.contains("Announced by network forum: see fortnight networks show forum."))
            for arguments in [["edit", row.id, "--title", "Other"], ["remove", row.id], ["cancel", row.id]] {
                let ending = try await ProgramRun.run(
                    Programs.ours("fortnight"), arguments,
                    environment: ["FORTNIGHT_CONFIG": "\(bulletin.folder)/fortnight.yaml"])
                #expect(ending.status == 1)
                #expect(
                    ending.errors.contains(
                        "use fortnight networks move-date forum 2099-12-08 NEW, cancel-date forum 2099-12-08"))
            }
        }
    }

    @Test("a queued meeting inherits from its network and takes the announcement's place")
    func inherited() async throws {
        try await with { bulletin in
            let added = try await bulletin.done(
                "add", "meeting", "--title", "Forum with a speaker", "--network", "forum", "--starts",
                "2099-12-08 10:00")
            #expect(added.contains("It will be in issue 1"))
            let text = try await text(1, bulletin)
            #expect(text.contains("Forum with a speaker") && !text.contains("Older People's Forum"))
            #expect(text.contains("Access: Step-free"))
        }
    }

    @Test("a queued event is cancelled, and reinstated")
    func cancelled() async throws {
        struct Row: Decodable { let id: String }
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let added = try await bulletin.done(
                "add", "event", "--title", "Chair yoga", "--starts", "2099-12-08 10:00", "--taking-part-phone",
                "0161 496 0456", "--json")
            let id = try JSONDecoder().decode(Row.self, from: Data(added.utf8)).id
            try await bulletin.done("cancel", id, "--why", "The teacher is ill.")
            let off = try await text(1, bulletin)
            #expect(
                off.contains(
                    "CALLED OFF: it does not take place on Tuesday 8 December 2099, 10:00. The teacher is ill."))
            #expect(try await bulletin.run("cancel", id).errors.contains("\(id) is called off already"))
            try await bulletin.done("cancel", id, "--undo")
            #expect(try await text(1, bulletin).contains("When: Tuesday 8 December 2099"))
        }
    }
}
