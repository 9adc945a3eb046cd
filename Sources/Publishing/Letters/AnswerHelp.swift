import Basics
import Bulletin
import Foundation
import Logging
import Mail
import Planning
import Records
import Rendering
import Settings

/// Sends the letters of the outbox: how the bulletin works by mail, to who asked for it. A letter stays there until the
/// relay has answered; a crash in between repeats it with the same Message-ID.
struct AnswerHelp {
    /// What it works with from the next call on.
    var context: PublishingContext
    private let log: Logger
    /// Those that the relay did not take yet.
    private var waiting: [SubscriberID: (failures: Int, until: ContinuousClock.Instant)] = [:]
    /// Those that the relay has answered, and that could not be removed yet.
    private var answered: Set<Outbox.HelpLetter> = []

    /// Letters of one pass; the next comes half a second later.
    private static let most = 20
    /// After this an answer helps nobody.
    private static let latest: TimeInterval = 2 * 86_400

    init(_ context: PublishingContext, log: Logger) { (self.context, self.log) = (context, log) }

    mutating func callAsFunction(at now: Date) async {
        do {
            let letters = try context.folder.outbox.list().letters
            waiting = waiting.filter { id, _ in letters.contains { $0.id == id } }
            for letter in letters.filter({ waiting[$0.id].map { $0.until <= .now } ?? true }).prefix(Self.most) {
                do { try await send(letter, at: now) } catch {
                    wait(letter)
                    throw error
                }
            }
        } catch {
            log.error("cannot answer who asked for help: \(error)")
        }
    }

    private mutating func wait(_ letter: Outbox.HelpLetter) {
        let failures = (waiting[letter.id]?.failures ?? 0) + 1
        waiting[letter.id] = (failures, .now + min(.seconds(1800), .seconds(5) * (1 << min(failures - 1, 9))))
    }

    private mutating func send(_ letter: Outbox.HelpLetter, at now: Date) async throws {
        guard now.timeIntervalSince(letter.asked) < Self.latest else { return try context.folder.outbox.remove(letter) }
        if !answered.contains(letter) {
            switch try await PostLetter(context)(outgoing(letter, at: now)) {
            case .accepted, .refused: answered.insert(letter)
            case .failed(let reason):
                wait(letter)
                if waiting[letter.id]?.failures == 1 {
                    log.warning("a letter that helps waits for the relay: \(reason)")
                }
                return
            }
        }
        try context.folder.outbox.remove(letter)
        answered.remove(letter)
    }

    private func outgoing(_ letter: Outbox.HelpLetter, at now: Date) throws -> OutgoingMessage {
        let masthead = context.masthead
        let renderer = LetterRenderer(
            masthead: masthead, templates: try context.templates())
        let (subject, text) = renderer.print(
            .help(
                join: masthead.returnAddress.subaddress("subscribe").wire,
                leave: masthead.returnAddress.subaddress("unsubscribe").wire))
        let asked = Int(letter.asked.timeIntervalSince1970)
        return try Letter(to: NamedAddress(address: letter.address), subject: subject, text: text).outgoing(
            from: masthead, id: letter.id, named: "help.\(letter.id).\(asked)", date: now,
            signer: context.signer)
    }
}
