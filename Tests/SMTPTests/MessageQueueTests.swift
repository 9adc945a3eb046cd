import Bulletin
import Foundation
import Testing

@testable import SMTP

@Suite("The message queue")
struct MessageQueueTests {
    @Test("gives all messages in order, however few are taken at a time", arguments: [1, 2, 5, 64])
    func gives(capacity: Int) throws {
        let letters = try (0..<200).map { try DialogueScript.letter("\($0)", to: "reader\($0)@example.org", size: nil) }
        let queue = MessageQueue(capacity: capacity)
        let composing = Thread {
            for letter in letters { _ = queue.put(letter) }
            queue.finish()
        }
        composing.start()
        var taken: [EmailAddress] = []
        let end = ContinuousClock.now + .seconds(20)
        while !queue.isFinished, ContinuousClock.now < end {
            taken += queue.take(taken.count % 3 + 1).map(\.recipient)
        }
        #expect(taken == letters.map(\.recipient))
    }

    @Test("releases a waiting writer once the sending is over")
    func abandons() throws {
        let letter = try DialogueScript.letter("a", to: "a@example.org", size: nil)
        let queue = MessageQueue(capacity: 1)
        #expect(queue.put(letter))
        let composing = Thread { while queue.put(letter) {} }
        composing.start()
        queue.abandon()
        let end = ContinuousClock.now + .seconds(20)
        while !composing.isFinished, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
        #expect(composing.isFinished)
    }
}
