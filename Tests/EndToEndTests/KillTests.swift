import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("A daemon that is killed", .wholePrograms, .serialized)
struct KillTests {
    /// Slow enough that ten kills find it at work, on a busy machine too: about 200 messages a second.
    private static var slowInbox: InboxConfiguration {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .finalDot, ordinal: .every(5), action: .delay(.milliseconds(100)))
        ]
        return configuration
    }

    @Test("sends to everybody, and repeats at most one message for each connection and kill, each the same")
    func killedTenTimes() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(Self.slowInbox) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                let readers = 2000
                try await bulletin.addReaders(readers)
                try await bulletin.done("issue", "send-now", "1")

                var generator = RepeatableGenerator(seed: 20_261_202)
                var kills = 0
                while kills < 10 {
                    let before = inbox.counts().messages
                    let daemon = try bulletin.start()
                    let more = Int.random(in: 1...150, using: &generator)
                    try await LivingBulletin.wait(for: "\(more) more messages") {
                        inbox.counts().messages >= min(before + more, readers)
                    }
                    daemon.signal(SIGKILL)
                    #expect(try await daemon.ended().signal == SIGKILL)
                    kills += 1
                }
                let after = try await bulletin.deliveries()
                #expect((after["owed"] ?? 0) > 0, "every kill found it at work")

                let daemon = try await bulletin.daemon()
                try await bulletin.waitUntil("sent", within: .seconds(120))
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)

                let counts = inbox.counts()
                #expect(counts.byRecipient.count == readers)
                #expect(counts.byMessageID.count == readers, "a repeat bears the same Message-ID")
                #expect(counts.messages - readers <= kills * 4, "\(counts.messages - readers) repeats")
                let messages = Dictionary(grouping: inbox.messages()) { $0.messageID ?? "" }
                for repeated in messages.values where repeated.count > 1 {
                    #expect(
                        Set(repeated.map { inbox.contents(of: $0.id) }).count == 1, "a repeat is the same to the byte")
                }
                let deliveries = try await bulletin.deliveries()
                #expect(deliveries["accepted"] == readers)
            }
        }
    }

    @Test("ends within five seconds when it is asked to, repeats nothing, and sends the rest at its next start")
    func terminated() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(Self.slowInbox) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(1000)
                try await bulletin.done("issue", "send-now", "1")
                let first = try await bulletin.daemon()
                try await LivingBulletin.wait(for: "the first messages") { inbox.counts().messages > 100 }
                first.signal(SIGTERM)
                #expect(try await first.ended(within: .seconds(5)).status == 0)
                let between = try await bulletin.deliveries()
                #expect(between["handed"] == 0 && between["unknown"] == 0)
                #expect((between["owed"] ?? 0) > 0)
                #expect(between["accepted"] == inbox.counts().messages)

                let second = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                second.signal(SIGTERM)
                _ = try await second.ended()
                #expect(inbox.counts().messages == 1000)
                #expect(inbox.counts().byRecipient.count == 1000)
            }
        }
    }
}
