import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// Two weeks as people experience them, from the first `add` to the next issue, with the real programs on a still
/// clock.
@Suite("A fortnight, rehearsed", .wholePrograms)
struct RehearsalTests {
    private let editor = "editor@example.org"

    @Test(
        "meetings are moved and cancelled, editors are told, readers get each issue once, and an error is corrected"
    )
    func fortnight() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let clock = try StillClock(in: scratch)
                try clock.set("2026-11-18T09:00")
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort,
                    schedule: "  first: 2026-12-02 10:00\n  release: approval", settings: "editors: [\(editor)]",
                    clock: clock)
                let items = try await fill(bulletin)
                var daemon = try await bulletin.daemon()

                try await changeMeetings(bulletin)
                try await nearTheDeadline(bulletin, clock, inbox, in: scratch)
                // Notes already sent are not repeated after a restart.
                daemon.signal(SIGKILL)
                _ = try await daemon.ended()
                daemon = try await bulletin.daemon()

                try await approve(bulletin, clock, inbox, tablets: items.tablets)
                let first = try await goOut(bulletin, clock, inbox, in: scratch)
                try await putRight(bulletin, inbox, choir: items.choir)
                try await nextIssue(bulletin, clock, inbox, after: first, in: scratch)
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                #expect(inbox.counts().repeats == 0, "nobody was bothered twice")
            }
        }
    }

    // MARK: The steps

    private func fill(_ bulletin: LivingBulletin) async throws -> (tablets: String, choir: String) {
        try await bulletin.done(
            "networks", "add", "forum", "--name", "Older People's Forum", "--every", "month", "--on", "second Tuesday",
            "--at", "10:00", "--ends", "11:30", "--place-name", "The hall", "--place-access", "Step-free",
            "--taking-part-phone", "0161 496 0456")
        try await bulletin.done(
            "networks", "add", "carers", "--name", "Carers' Call", "--every", "week", "--on", "Thursday", "--at",
            "13:00",
            "--online-dial-in", "0161 496 0789", "--taking-part-phone", "0161 496 0789")
        let choir = try await bulletin.done(
            "add", "event", "--title", "Winter Choir", "--starts", "Sat 12 Dec 7.30pm", "--yes", "--summary",
            "Songs for everybody.", "--place-name", "The library", "--place-access", "Lift to every floor",
            "--taking-part-phone", "0161 496 0123")
        #expect(choir.contains("Begins: Saturday 12 December 2026 at 19:30 (Europe/London)"))
        #expect(choir.contains("will be in issue 1, on Wednesday 2 December 2026 at 10:00"))
        let tablets = try await bulletin.done(
            "add", "notice", "--file", "-",
            input: """
                ---
                title: Tablets to borrow
                takingPart: {phone: 0161 496 0111}
                ---
                The library lends tablets for a month.
                """)
        let twice = try await bulletin.done(
            "add", "meeting", "--title", "Older People's Forum", "--starts", "2026-12-08 10:00", "--summary",
            "Our meeting.",
            "--place-name", "The hall", "--place-access", "Step-free", "--taking-part-phone", "0161 496 0456")
        #expect(twice.contains("(duplicate)"), "a network announces it already: \(twice)")
        let removed = try await bulletin.done("remove", id(in: twice))
        #expect(removed.contains("It was to be in issue 1, on Wednesday 2 December 2026 at 10:00, and is in none now."))
        try await bulletin.addReaders(3)
        return (id(in: tablets), id(in: choir))
    }

    private func changeMeetings(_ bulletin: LivingBulletin) async throws {
        let moved = try await bulletin.done(
            "networks", "move-date", "forum", "2026-12-08", "2026-12-09 14:00", "--why", "The hall is let.")
        #expect(moved.contains("Readers are told in issue 1"))
        let off = try await bulletin.done(
            "networks", "cancel-date", "carers", "2026-12-10", "--why", "The line is mended.")
        #expect(off.contains("Readers are told in issue 1"))
        let summary = try await bulletin.done()
        #expect(summary.contains("Next deadline") && summary.contains("in 7 days"))
    }

    private func nearTheDeadline(
        _ bulletin: LivingBulletin, _ clock: StillClock, _ inbox: InboxServer, in scratch: String
    ) async throws {
        #expect(inbox.messages().isEmpty)
        try clock.set("2026-11-24T11:00")
        try await arrives("the reminder", inbox) { $0.subject.hasPrefix("Issue 1 closes on") }
        let reminder = try await MailText.parts(of: try #require(inbox.messages().last), inbox, in: scratch).text
        #expect(reminder.contains("in 23 hours."))
        #expect(reminder.contains("Winter Choir, Saturday 12 December 2026"))
        #expect(!reminder.contains("reader0@example.org"))
        try clock.set("2026-11-25T10:00")
        try await arrives("the word that it is closed", inbox) {
            $0.subject == "Issue 1 is closed and waits for approval"
        }
        let late = try await bulletin.done(
            "add", "notice", "--title", "Too late", "--summary", "After the deadline.", "--taking-part-phone",
            "0161 496 0222")
        #expect(late.contains("will be in issue 2"))
    }

    private func approve(
        _ bulletin: LivingBulletin, _ clock: StillClock, _ inbox: InboxServer, tablets: String
    ) async throws {
        try await bulletin.done("issue", "release", "1")
        let edited = try await bulletin.done("edit", tablets, "--taking-part-phone", "0161 496 0333")
        #expect(edited.contains("approval"), "the command says that it is withdrawn: \(edited)")
        try clock.set("2026-12-01T12:00")
        try await arrives("the word that nobody released it", inbox) {
            $0.subject == "Issue 1 still waits for approval"
        }
        try await bulletin.done("issue", "release", "1")
    }

    private func goOut(
        _ bulletin: LivingBulletin, _ clock: StillClock, _ inbox: InboxServer, in scratch: String
    ) async throws -> [ReceivedMessage] {
        let before = readers(inbox).count
        try clock.set("2026-12-02T09:59")
        try await Task.sleep(for: .seconds(2))
        #expect(readers(inbox).count == before, "it does not go out before its time")
        try clock.set("2026-12-02T10:00")
        try await bulletin.waitUntil("sent")
        let sent = Array(readers(inbox).dropFirst(before))
        #expect(Set(sent.flatMap(\.recipients)) == Set((0..<3).map { "reader\($0)@example.org" }))
        #expect(sent.count == 3)
        let text = try await MailText.parts(of: try #require(sent.first), inbox, in: scratch).text
            .replacing("\n", with: " ")
        #expect(text.contains("MOVED: it was to be on Tuesday 8 December 2026, 10:00. The hall is let."))
        #expect(text.contains("When: Wednesday 9 December 2026, 14:00 to 15:30"))
        #expect(text.contains("CALLED OFF") && text.contains("The line is mended."))
        #expect(text.contains("0161 496 0333") && !text.contains("0161 496 0111"))
        #expect(!text.contains("Too late"))
        try await arrives("the word that it is sent", inbox) { $0.subject == "Issue 1 is sent: 3 accepted" }
        let word = try #require(inbox.messages().first { $0.subject.hasPrefix("Issue 1 is sent") })
        let figures = try await MailText.parts(of: word, inbox, in: scratch).text
        #expect(figures.contains("accepted  3  ####") && figures.contains("joined      3  ####"), "\(figures)")
        return sent
    }

    private func putRight(_ bulletin: LivingBulletin, _ inbox: InboxServer, choir: String) async throws {
        let later = try await bulletin.done("networks", "edit", "carers", "--at", "14:00")
        #expect(
            later.contains("Readers of issue 1 were told of a meeting on Thursday 3 December 2026 at 13:00"), "\(later)"
        )
        let moved = try await bulletin.done("edit", choir, "--place-name", "The town hall")
        #expect(moved.contains("Readers of issue 1 were told otherwise."), "\(moved)")
        try await bulletin.done("subscribers", "add", "new@example.org")
        try await bulletin.done("cancel", choir, "--why", "The singers are ill.")
        let before = readers(inbox).count
        try await bulletin.done("issue", "correct", "1", "--item", choir)
        try await LivingBulletin.wait(for: "the correction") { readers(inbox).count == before + 3 }
        let corrections = readers(inbox).dropFirst(before)
        #expect(!corrections.flatMap(\.recipients).contains("new@example.org"), "who was not sent the issue needs none")
        #expect(corrections.allSatisfy { $0.subject.hasPrefix("Correction") })
        #expect(try await bulletin.request("GET", "/issues/1").body.contains("The singers are ill."))
        let entry = try await bulletin.request("GET", "/items/\(choir).ics").body
        #expect(entry.contains("STATUS:CANCELLED"))
    }

    private func nextIssue(
        _ bulletin: LivingBulletin, _ clock: StillClock, _ inbox: InboxServer, after first: [ReceivedMessage],
        in scratch: String
    ) async throws {
        try clock.set("2026-12-09T10:00")
        try await arrives("the word that issue 2 is closed", inbox) { $0.subject.hasPrefix("Issue 2 is closed") }
        try await bulletin.done("issue", "release", "2")
        let before = readers(inbox).count
        try clock.set("2026-12-16T10:00")
        try await LivingBulletin.wait(for: "issue 2") { readers(inbox).count == before + 4 }
        let sent = readers(inbox).dropFirst(before)
        #expect(sent.flatMap(\.recipients).contains("new@example.org"))
        let text = try await MailText.parts(of: try #require(sent.first), inbox, in: scratch).text
        #expect(text.contains("Too late"))
        #expect(text.contains("Tuesday 12 January 2027"), "the forum's next meeting")
        #expect(!text.contains("Tablets to borrow"), "it was told once")
        #expect(!text.contains("Winter Choir"), "its time has come and gone")
    }

    // MARK: Small things

    /// Messages to others than the editor.
    private func readers(_ inbox: InboxServer) -> [ReceivedMessage] {
        inbox.messages().filter { $0.recipients != [editor] }
    }

    private func arrives(
        _ what: String, _ inbox: InboxServer, _ matches: (ReceivedMessage) -> Bool
    ) async throws {
        try await LivingBulletin.wait(for: what) { inbox.messages().contains(where: matches) }
        #expect(inbox.messages().count(where: matches) == 1)
        #expect(inbox.messages().filter(matches).allSatisfy { $0.recipients == [editor] })
    }

    /// The item that the command names: the third word of `Queued event 01ABC: Winter Choir`.
    private func id(in output: String) -> String {
        let words = output.split(whereSeparator: \.isWhitespace)
        return words.count > 2 ? words[2].trimmingCharacters(in: [":"]) : ""
    }
}
