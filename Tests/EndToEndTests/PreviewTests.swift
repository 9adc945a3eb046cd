import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("A preview", .wholePrograms)
struct PreviewTests {
    @Test("is what arrives but for the personal parts; a proof is marked as one, and counted nowhere")
    func proofAndSend() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(1)
                let daemon = try await bulletin.daemon()
                let answer = try await bulletin.done("preview", "--to", "editor@example.org")
                #expect(answer == "A proof of issue 1 is on its way to editor@example.org.\n")
                let proof = try #require(inbox.messages().first)
                #expect(proof.recipients == ["editor@example.org"])
                #expect(proof.subject.hasPrefix("[Proof] "))
                let deliveries = try await bulletin.deliveries()
                #expect(deliveries.allSatisfy { $0.key == "issue" || $0.value == 0 }, "it is counted nowhere")
                #expect(try await bulletin.issue().state == "open")

                let text = try await bulletin.done("preview")
                let html = try await bulletin.done("preview", "--format", "html")
                #expect(try await bulletin.done("preview", "--format", "print").contains("Phone: 0161 496 0456"))
                // Sent outside its slot, it has the day of its sending.
                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()
                let sent = try #require(inbox.messages().last)
                #expect(sent.recipients == ["reader0@example.org"])
                #expect(!sent.subject.contains("Proof"))
                let arrived = try await MailText.parts(of: sent, inbox, in: scratch)
                let site = "http://127.0.0.1:\(bulletin.webPort)"
                #expect(impersonal(arrived.text, site) == undated(text))
                #expect(impersonal(arrived.html, site) == undated(html))
                // A sent issue is shown as it was sent, date and all.
                let again = try await bulletin.done("preview", "--issue", "1")
                #expect(again == undatedNot(arrived.text, site))
            }
        }
    }

    @Test("for paper or a browser has its pictures in it, which nobody can fetch yet")
    func pictures() async throws {
        try await withScratchFolder { scratch in
            let seeds = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../seeds")
            let fortnight = try Programs.ours("fortnight")
            let made = try await ProgramRun.run(
                fortnight, ["init", "\(scratch)/club", "--seeds", seeds.standardizedFileURL.path])
            #expect(made.status == 0)
            let config = ["--config", "\(scratch)/club/fortnight.yaml"]
            let print = try await ProgramRun.run(fortnight, ["preview", "--format", "print"] + config)
            #expect(print.output.contains("src=\"data:image/png;base64,iVBOR") && !print.output.contains("/pictures/"))
            let mail = try await ProgramRun.run(fortnight, ["preview", "--format", "html"] + config)
            #expect(mail.output.contains("/issues/1/pictures/"), "what readers are sent stays as it is")
        }
    }

    /// Without the reader's token, and without the day.
    private func impersonal(_ text: String, _ site: String) -> String { undated(undatedNot(text, site)) }

    private func undatedNot(_ text: String, _ site: String) -> String {
        let escaped = NSRegularExpression.escapedPattern(for: site)
        return text.replacingOccurrences(
            of: escaped + "/leave/[A-Za-z0-9_.-]+", with: site, options: .regularExpression)
    }

    private func undated(_ text: String) -> String {
        text.replacingOccurrences(
            of: "[A-Z][a-z]+day [0-9]+ [A-Z][a-z]+ [0-9]{4}", with: "DAY", options: .regularExpression)
    }

    @Test("of any coming issue, by its day; says what has changed since, and where the file is without a browser")
    func ways() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.queueNotice()
            let unseen = try await bulletin.run("preview", "--diff")
            #expect(unseen.status == 1 && unseen.errors.contains("nobody has looked at issue 1 yet"))
            #expect(try await bulletin.done("preview", "--from", "2099-12-02").contains("Tablets to borrow"))
            #expect(try await bulletin.done("preview", "--diff").hasPrefix("Nothing has changed in issue 1 since "))
            try await bulletin.done(
                "add", "notice", "--title", "Apples", "--summary", "Free.", "--taking-part-phone", "0161 496 0457")
            let changes = try await bulletin.done("preview", "--diff")
            #expect(changes.contains(", Apples.\n") && changes.contains("\n+ Apples\n"))
            #expect(try await bulletin.done("preview", "--from", "2110-01-01").contains("Number 264"))
            let bad = try await bulletin.run("preview", "--from", "soon")
            #expect(bad.status == 64 && bad.errors.contains("--from takes a date such as 2026-12-02, not soon."))
            let both = try await bulletin.run("preview", "--diff", "--open")
            #expect(both.status == 64)
        }
    }
}

@Suite("The overview", .wholePrograms)
struct SummaryTests {
    @Test("fortnight alone lists the next steps, and how to begin in an empty folder")
    func summary() async throws {
        try await withScratchFolder { scratch in
            let empty = try await ProgramRun.run(
                Programs.ours("fortnight"), [], environment: ["FORTNIGHT_CONFIG": ""])
            #expect(empty.status == 0 && empty.output.hasPrefix("There is no bulletin in this folder. To start one:\n"))
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.queueNotice()
            let text = try await bulletin.done()
            #expect(text.contains("Next deadline  Wednesday 25 November 2099 at 10:00, in "))
            #expect(text.contains("issue 1 has only 1 item\n    fortnight add notice\n"))
            #expect(text.contains("Last issue     none has been sent yet\n"))
            let json = try await bulletin.done("--json")
            #expect(
                json.contains(
                    #""tasks":[{"issue":1,"what":"issue 1 has only 1 item","command":"fortnight add notice"}]"#))
        }
    }

    @Test("every listing fits 80 columns, with wide letters and long titles")
    func columns() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            for title in [String(repeating: "図書館", count: 30), String(repeating: "tablets to borrow ", count: 10)] {
                try await bulletin.done(
                    "add", "notice", "--title", title, "--summary", "Free.", "--taking-part-phone", "0161 496 0457",
                    "--from", "+400d")
            }
            for command in [[], ["items"], ["issues"], ["schedule"], ["issue", "show", "1"]] {
                let ending = try await ProgramRun.run(
                    Programs.ours("fortnight"), command, environment: ["FORTNIGHT_CONFIG": "\(scratch)/fortnight.yaml"])
                #expect(ending.status == 0)
                for line in ending.output.split(separator: "\n") {
                    // The letters of the first title take two columns each.
                    let columns = line.reduce(0) {
                        $0 + ($1.unicodeScalars.first.map { $0.value > 0x2E80 ? 2 : 1 } ?? 0)
                    }
                    #expect(columns <= 80, "\(command): \(line)")
                }
            }
        }
    }

    @Test("an editor who changes a closed and approved issue is told that the approval is withdrawn")
    func withdrawn() async throws {
        try await withScratchFolder { scratch in
            let soon = Date().addingTimeInterval(6 * 86_400)
            let local = soon.formatted(.iso8601.year().month().day().dateSeparator(.dash))
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let file = "\(scratch)/fortnight.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
                .replacing("  first: 2099-12-02 10:00", with: "  first: \(local) 10:00\n  release: approval")
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            try await bulletin.queueNotice()
            // Its deadline was yesterday, so it closes at once, without the notice.
            let daemon = try await bulletin.daemon()
            try await LivingBulletin.wait(for: "issue 1 to be closed") { try await bulletin.issue().state != "open" }
            let released = try await bulletin.done("issue", "release", "1")
            #expect(released.hasPrefix("Issue 1 is released; it goes out on "))
            let told =
                "Issue 1 was closed and approved: the approval is withdrawn; release it again with fortnight issue "
            let intro = try await bulletin.done("issue", "intro", "1", "--text", "Welcome.")
            #expect(intro.contains(told + "release 1.\n"))
            #expect(try await bulletin.done("issue", "release", "1").hasPrefix("Issue 1 is released"))
            let shown = try await bulletin.done("issue", "show", "1")
            #expect(shown.contains("introduction written by ") && shown.contains("released by "))
            daemon.signal(SIGTERM)
            _ = try await daemon.ended()
        }
    }
}
