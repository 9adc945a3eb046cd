import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// A subscriber's whole course, with the real daemon, mail and pages.
@Suite("A subscriber", .wholePrograms)
struct JoiningTests {
    private func link(_ part: String, in message: ReceivedMessage, _ inbox: InboxServer, _ scratch: String) async throws
        -> String
    {
        let text = try await MailText.parts(of: message, inbox, in: scratch).text
        let line = text.split(separator: "\n").first { $0.contains("/\(part)/") }
        let found = try #require(line, "no link in: \(text)")
        return String(found.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" })
    }

    private func letter(_ number: Int, _ inbox: InboxServer) async throws -> ReceivedMessage {
        try await inbox.waitForMessages(number)
        return try #require(inbox.messages().last)
    }

    @Test("joins by form, letter and button, chooses, moves, pauses, leaves and is forgotten")
    func wholeWay() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let clock = try StillClock(in: scratch)
                try clock.set("2026-12-01T09:00")
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, schedule: "  first: 2026-12-02 10:00", clock: clock)
                try await bulletin.queueNotice()
                let daemon = try await bulletin.daemon()
                #expect(try await bulletin.request("GET", "/").body.contains("Get the bulletin"))
                let asked = try await bulletin.request("POST", "/subscribe", body: "email=ada%40example.org&name=Ada")
                #expect(asked.status == 200)
                let confirm = try await letter(1, inbox)
                #expect(confirm.recipients == ["ada@example.org"] && confirm.subject.hasPrefix("Please confirm"))
                let text = try await MailText.parts(of: confirm, inbox, in: scratch).text
                #expect(!text.contains("Ada"), "nothing of what a stranger typed")
                let confirmLink = try await link("confirm", in: confirm, inbox, scratch)
                _ = try await bulletin.request("GET", confirmLink)
                #expect(try await stats(bulletin)["active"] == 0, "a scanner that follows links confirms nothing")
                #expect(try await bulletin.request("POST", confirmLink).body.contains("You are on the list"))
                #expect(try await stats(bulletin)["active"] == 1)

                // Asking again brings the link to the choices.
                try clock.set("2026-12-01T10:30")
                _ = try await bulletin.request("POST", "/subscribe", body: "email=Ada%40EXAMPLE.org")
                let choices = try await link("choices", in: try await letter(2, inbox), inbox, scratch)
                _ = try await bulletin.request("POST", choices, body: "action=move&email=new%40example.net")
                let move = try await letter(3, inbox)
                #expect(move.recipients == ["new@example.net"])
                let moveLink = try await link("confirm", in: move, inbox, scratch)
                #expect(try await bulletin.request("POST", moveLink).body.contains("You are on the list"))
                let word = try await letter(4, inbox)
                #expect(word.recipients == ["ada@example.org"])
                #expect(word.subject.hasPrefix("Your new address"), "\(inbox.messages())")
                #expect(try await bulletin.request("GET", choices).status == 410)

                // While paused they get nothing; afterwards mail resumes by itself.
                let paused = try await bulletin.done("subscribers", "pause", "new@example.net", "--until", "2026-12-03")
                #expect(paused == "new@example.net gets no issue until Thursday 3 December 2026.\n")
                try clock.set("2026-12-03T00:01")
                try await LivingBulletin.wait(for: "the pause to end") { try await stats(bulletin)["active"] == 1 }
                try await bulletin.done("subscribers", "unsubscribe", "new@example.net")
                let refused = try await bulletin.run("subscribers", "reactivate", "new@example.net")
                #expect(refused.status == 64 && refused.errors.contains("--consent"))
                try await bulletin.done(
                    "subscribers", "reactivate", "new@example.net", "--consent", "Please send it again.", "--how",
                    "phone")
                try await bulletin.done("subscribers", "forget", "new@example.net")
                #expect(try await stats(bulletin)["forgotten"] == 1)
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                #expect(inbox.messages().count == 4, "a goodbye is sent only for wishes that came by mail")
            }
        }
    }

    @Test("is not forgotten by a daemon that is killed with letters to send, nor written to twice")
    func killed() async throws {
        try await withScratchFolder { scratch in
            var configuration = InboxConfiguration()
            configuration.faults = [FaultRule(when: .finalDot, ordinal: .every(5), action: .delay(.milliseconds(100)))]
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, settings: "")
                let daemon = try await bulletin.daemon()
                for number in 0..<25 {
                    let answer = try await bulletin.request(
                        "POST", "/subscribe", body: "email=r\(number)%40example.org")
                    #expect(answer.status == 200)
                }
                daemon.signal(SIGKILL)
                _ = try await daemon.ended()
                let again = try await bulletin.daemon()
                try await LivingBulletin.wait(for: "all letters") { inbox.counts().byRecipient.count == 25 }
                again.signal(SIGTERM)
                #expect(try await again.ended().status == 0)
                #expect(inbox.counts().byMessageID.count == 25, "a repeat bears the same Message-ID")
                #expect(inbox.counts().messages <= 25 + 4)
            }
        }
    }

    @Test("moves from another system: exports are read as they are, tried first, and exported unchanged")
    func movingHouse() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let mailchimp = """
                Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,LEID,EUID
                ann@example.org,Ann,Example,2018-10-11 09:55:14,2018-10-11 09:56:00,1,a
                bob@example.org,Bob,Example,2018-10-11 09:55:14,,2,b
                """
            let left = """
                Email Address,First Name,Last Name,OPTIN_TIME,UNSUB_TIME,UNSUB_REASON,LEID,EUID
                bob@example.org,Bob,Example,2018-10-11 09:55:14,2020-01-02 03:04:05,Too many,2,b
                """
            let tried = try await bulletin.done("subscribers", "import", "-", "--dry-run", input: mailchimp)
            #expect(tried == "Read as an export of Mailchimp.\nNothing was written. It would be: 2 added.\n")
            #expect(try await stats(bulletin)["active"] == 0)
            try await bulletin.done("subscribers", "import", "-", input: left)
            let said = try await bulletin.done("subscribers", "import", "-", input: mailchimp)
            #expect(said.contains("1 added, 1 who left stay unsubscribed."))
            try await bulletin.done(
                "subscribers", "import", "-", "--status", "unsubscribed", input: "cat@example.org\n")
            let insisted = try await bulletin.done(
                "subscribers", "import", "-", "--status", "active", "--dry-run",
                input: "email,unsubscribed\nfay@example.org,1\n")
            #expect(insisted.contains("0 added, 1 noted as gone"), "the wish to leave wins")
            let refused = try await bulletin.run(
                "subscribers", "import", "-", input: "email,removed\nfay@example.org,1\n")
            #expect(refused.status != 0 && refused.errors.contains("removed: this column may say who left"))
            let posted = try await bulletin.done(
                "subscribers", "add", "--medium", "post", "--post", "1 High Street, Leeds", "--name", "Dora \"D\", Ms",
                "--how", "paper", "--wording", "Yes, \"please\";\nevery fortnight", "--by", "Ann, \"A\"")
            #expect(posted.contains("no mail goes to them: post them each issue yourself"))
            let rung = try await bulletin.done(
                "subscribers", "add", "--medium", "phone", "--phone", "0161 496 0123", "--name", "Eli", "--how",
                "phone",
                "--wording", "Asked on the telephone", "--when", "2026-11-02")
            #expect(rung.contains("no mail goes to them: ring them about each issue yourself"))
            try await bulletin.done("subscribers", "pause", "ann@example.org", "--until", "2099-01-31")
            let paused = try await bulletin.done("subscribers", "show", "ann@example.org")
            #expect(paused.contains("until       Saturday 31 January 2099"), "\(paused)")
            try await bulletin.done("subscribers", "add", "=cmd@example.org", "--name", "=1+1")
            try await bulletin.done("subscribers", "import", "-", input: "email,status\nuna@example.org,unconfirmed\n")
            let early = try await bulletin.run("subscribers", "add", "zoe@example.org", "--when", "2099-01-01")
            #expect(early.status == 64 && early.errors.contains("still to come"), "\(early)")
            let late = try await bulletin.done(
                "subscribers", "import", "-", "--status", "unsubscribed", "--dry-run", input: "=cmd@example.org\n")
            #expect(late.contains("1 noted as gone (1 of them got the bulletin until now)"), "\(late)")
            #expect(try await stats(bulletin)["unsubscribed"] == 2)

            let csv = try await bulletin.done("subscribers", "export")
            let json = try await bulletin.done("subscribers", "export", "--format", "json")
            for (export, format) in [(csv, "csv"), (json, "json")] {
                try FileManager.default.removeItem(atPath: "\(scratch)/state/subscriptions/roll.jsonl")
                let back = try await bulletin.run("subscribers", "import", "-", input: export)
                #expect(back.status == 0, "\(back)")
                let again = try await bulletin.done("subscribers", "export", "--format", format)
                #expect(again.split(separator: "\n") == export.split(separator: "\n"))
            }
        }
    }

    private func stats(_ bulletin: LivingBulletin) async throws -> [String: Int] {
        let text = try await bulletin.done("subscribers", "stats", "--json")
        return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    }
}
