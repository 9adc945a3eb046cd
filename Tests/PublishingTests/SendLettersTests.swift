import Basics
import Bulletin
import DevelopmentInbox
import Foundation
import Logging
import Planning
import Synchronization
import TestSupport
import Testing

@testable import Publishing

@Suite("Owed letters", .timeLimit(.minutes(1)))
struct SendLettersTests {
    private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("of which one is too large for the relay: it alone is not sent")
    func oneIsTooLarge() async throws {
        try await withScratchFolder { scratch in
            var configuration = InboxConfiguration()
            configuration.largestMessage = 5000
            try await InboxServer.with(configuration) { inbox in
                let context = try MailedAnswersTests.context(in: scratch, smtpPort: inbox.smtpPort)
                let source = SampleLetters(context, sizes: [100, 20_000, 100, 100])
                var send = SendLetters(source, log: Self.log)
                let wait = await send(at: Self.now)
                #expect(source.settled.withLock { $0.sorted() } == [0, 2, 3])
                #expect(inbox.counts().byRecipient.count == 3)
                #expect(try #require(wait) > .seconds(1), "the large one waits for its next try")
            }
        }
    }

    @Test("wait for their own time as well after a failure, so that nothing is looked at again and again")
    func waits() async throws {
        try await withScratchFolder { scratch in
            let context = try MailedAnswersTests.context(in: scratch, smtpPort: try FreePort.any())
            let source = SampleLetters(context, sizes: [100])
            var send = SendLetters(source, log: Self.log, delay: RetryDelay(first: .zero, most: .zero))
            await send(at: Self.now)
            #expect(source.settled.withLock { $0.isEmpty })
            source.heldBack.withLock { $0 = 3600 }
            #expect(try #require(await send(at: Self.now)) > .seconds(3500))
        }
    }
}

/// Letters of given sizes, all owed until they are settled.
private final class SampleLetters: OwedLetters {
    struct Letter: Identifiable, Sendable {
        let id: Int
        let size: Int
    }

    static var kind: String { "sample letters" }

    let settled = Mutex<[Int]>([])
    let heldBack = Mutex<TimeInterval>(0)
    private let letters: [Letter]
    private let current: Mutex<PublishingContext>

    init(_ context: PublishingContext, sizes: [Int]) {
        current = Mutex(context)
        letters = sizes.enumerated().map { Letter(id: $0, size: $1) }
    }

    var context: PublishingContext {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    func owed(at now: Date) throws -> [Letter] {
        let ended = settled.withLock { $0 }
        return letters.filter { !ended.contains($0.id) }
    }

    func wait(for owed: Letter, at now: Date) -> TimeInterval { heldBack.withLock { $0 } }

    func message(_ owed: Letter, at now: Date) throws -> OutgoingMessage? {
        let body = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: owed.size / 72 + 1)
        let bytes = Array("Subject: Letter \(owed.id)\r\nMessage-ID: <\(owed.id)@example.org>\r\n\r\n\(body)".utf8)
        let recipient = try EmailAddress("reader\(owed.id)@example.net")
        return OutgoingMessage(
            id: SubscriberID(high: 0, low: 0), sender: nil, recipient: recipient, data: bytes, size: bytes.count)
    }

    func settle(_ ended: [(owed: Letter, outcome: LetterOutcome)], at now: Date) throws {
        settled.withLock { $0 += ended.filter { $0.outcome == .accepted }.map(\.owed.id) }
    }
}
