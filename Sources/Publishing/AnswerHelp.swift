import Bulletin
import Composition
import Foundation
import Logging
import Mail
import Records
import Settings

/// Sends the letters of the outbox: how the bulletin works by mail, to who asked for it. A letter stays there until the
/// relay has answered; a crash in between repeats it with the same Message-ID.
struct AnswerHelp {
    private let office: Office
    private let log: Logger
    /// Those that the relay did not take yet.
    private var waiting: [SubscriberID: (failures: Int, until: ContinuousClock.Instant)] = [:]

    /// Letters of one pass; the next comes half a second later.
    private static let most = 20
    /// After this an answer helps nobody.
    private static let latest: TimeInterval = 2 * 86_400

    init(_ office: Office, log: Logger) { (self.office, self.log) = (office, log) }

    mutating func callAsFunction(at now: Date) async {
        do {
            let letters = try office.folder.outbox.list().letters
            waiting = waiting.filter { id, _ in letters.contains { $0.id == id } }
            for letter in letters.filter({ waiting[$0.id].map { $0.until <= .now } ?? true }).prefix(Self.most) {
                try await send(letter, at: now)
            }
        } catch {
            log.error("cannot answer who asked for help: \(error)")
        }
    }

    private mutating func send(_ letter: Outbox.HelpLetter, at now: Date) async throws {
        guard now.timeIntervalSince(letter.asked) < Self.latest else { return try office.folder.outbox.remove(letter) }
        switch try await PostLetter(office)(envelope(letter, at: now)) {
        case .accepted, .refused: try office.folder.outbox.remove(letter)
        case .failed(let reason):
            let failures = (waiting[letter.id]?.failures ?? 0) + 1
            waiting[letter.id] = (failures, .now + min(.seconds(1800), .seconds(5) * (1 << min(failures - 1, 9))))
            if failures == 1 { log.warning("a letter that helps waits for the relay: \(reason)") }
        }
    }

    private func envelope(_ letter: Outbox.HelpLetter, at now: Date) throws -> Envelope {
        let masthead = office.masthead
        let press = LetterPress(
            masthead: masthead, templates: try TemplateSet(folder: office.configuration.templates))
        let (subject, text) = press.print(
            .help(
                join: masthead.returnAddress.subaddress("subscribe").wire,
                leave: masthead.returnAddress.subaddress("unsubscribe").wire))
        let asked = Int(letter.asked.timeIntervalSince1970)
        return try Letter(to: Mailbox(address: letter.address), subject: subject, text: text).envelope(
            from: masthead, id: letter.id, named: "help.\(letter.id).\(asked)", date: now,
            signer: office.signer)
    }
}
