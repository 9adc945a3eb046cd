import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// A subscriber's whole way, with the real daemon, mail and pages.
@Suite("A subscriber")
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

                // Asked again, it brings the link to the choices.
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

                // Paused, it sends nothing, and comes again by itself.
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

    private func stats(_ bulletin: LivingBulletin) async throws -> [String: Int] {
        let text = try await bulletin.done("subscribers", "stats", "--json")
        return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    }
}
