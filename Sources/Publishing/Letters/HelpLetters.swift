package import Bulletin
package import Foundation
import Mail
package import Planning
package import Records
import Rendering
import Settings

/// Letters that say how the bulletin works by mail, to people who asked for help and may have no record. They are owed in
/// the outbox.
package struct HelpLetters: OwedLetters {
    package static let kind = "letters that help"

    package var context: PublishingContext

    /// After this an answer helps nobody.
    private static let latest: TimeInterval = 2 * 86_400

    package init(_ context: PublishingContext) { self.context = context }

    package func owed(at now: Date) throws -> [Outbox.HelpLetter] { try context.folder.outbox.list().letters }

    package func message(_ letter: Outbox.HelpLetter, at now: Date) throws -> OutgoingMessage? {
        guard now.timeIntervalSince(letter.asked) < Self.latest else { return nil }
        let masthead = context.masthead
        let renderer = LetterRenderer(masthead: masthead, templates: try context.templates())
        let (subject, text) = renderer.print(
            .help(
                join: masthead.returnAddress.subaddress("subscribe").wire,
                leave: masthead.returnAddress.subaddress("unsubscribe").wire))
        let asked = Int(letter.asked.timeIntervalSince1970)
        return try Letter(to: NamedAddress(address: letter.address), subject: subject, text: text).outgoing(
            from: masthead, id: letter.id, named: "help.\(letter.id).\(asked)", date: now, signer: context.signer)
    }

    package func settle(_ ended: [(owed: Outbox.HelpLetter, outcome: LetterOutcome)], at now: Date) throws {
        for (letter, _) in ended { try context.folder.outbox.remove(letter) }
    }
}
