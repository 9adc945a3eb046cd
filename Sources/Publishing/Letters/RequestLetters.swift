import Basics
package import Bulletin
package import Foundation
import Mail
package import Planning
package import Records
import Rendering
import Settings
import Tokens

/// Letters that answer subscribers: a link to confirm, a link to one's choices, a goodbye, a word to an old address. The
/// record itself says what is owed (``Bulletin/Subscriber/owes``).
package struct RequestLetters: OwedLetters {
    package static let kind = "letters to subscribers"
    package static let most = 1000

    package var context: PublishingContext
    private let subscriberList: any SubscriberList

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    package func owed(at now: Date) throws -> [Subscriber] { try subscriberList.owing() }

    /// A goodbye waits until an hour after the letter before. A clock that was put back keeps none waiting longer.
    package func wait(for subscriber: Subscriber, at now: Date) -> TimeInterval {
        guard subscriber.owes?.request == .goodbye, let time = subscriber.asked.last else { return 0 }
        let wait = time.timeIntervalSince(now)
        return wait > AskingLimit.interval ? 0 : max(0, wait)
    }

    package func message(_ subscriber: Subscriber, at now: Date) throws -> OutgoingMessage? {
        let renderer = LetterRenderer(masthead: context.masthead, templates: try context.templates())
        let tokenKeys = try context.folder.tokenKeys()
        let links = Links(renderer: renderer, tokenKeys: tokenKeys, end: now.addingTimeInterval(AskingLimit.linkLife))
        guard let owed = subscriber.owes, let address = subscriber.address,
            let matter = try matter(owed.request, subscriber, links)
        else { return nil }
        let (subject, text) = renderer.print(matter)
        let asked = Int((subscriber.asked.last ?? subscriber.statusSince).timeIntervalSince1970)
        var letter = Letter(to: NamedAddress(address: address), subject: subject, text: text)
        if owed.request == .confirm, context.masthead.mailboxIsRead {
            letter.replyTo = tokenKeys.confirmAddress(
                for: subscriber.id, version: subscriber.tokenVersion, at: context.masthead.returnAddress)
        }
        return try letter.outgoing(
            from: context.masthead, id: subscriber.id, named: "\(owed.request.rawValue).\(subscriber.id).\(asked)",
            date: now, signer: context.signer)
    }

    private func matter(
        _ request: SubscriberRequest, _ subscriber: Subscriber, _ links: Links
    ) throws -> LetterRenderer.Matter? {
        let gets = subscriber.status == .active || subscriber.status == .paused
        switch request {
        case .confirm:
            return gets ? nil : .confirm(link: links.confirm(subscriber), byMail: context.masthead.mailboxIsRead)
        case .choices: return gets ? .choices(link: links.choices(subscriber)) : nil
        case .goodbye:
            return subscriber.status == .unsubscribed ? .goodbye(link: links.confirm(subscriber)) : nil
        case .changeOfAddress:
            let new = try subscriber.movedTo.flatMap { try subscriberList.subscriber($0)?.address }
            return subscriber.status == .moved ? .moved(to: new.map(Self.masked)) : nil
        }
    }

    /// `n…@example.net`: enough to know one's own.
    private static func masked(_ address: EmailAddress) -> String {
        "\(address.local.prefix(1))…@\(Domain.uLabels(address.domain))"
    }

    package func settle(_ ended: [(owed: Subscriber, outcome: LetterOutcome)], at now: Date) throws {
        try subscriberList.transaction { records in
            for (subscriber, _) in ended {
                // A request that came since is owed still.
                guard var current = try records.subscriber(subscriber.id), current.owes != nil,
                    current.owes == subscriber.owes
                else { continue }
                current.owes = nil
                try records.put(current)
            }
        }
    }
}

/// The personal links of a letter.
private struct Links {
    let renderer: LetterRenderer
    let tokenKeys: TokenKeys
    /// Until when they work.
    let end: Date

    func confirm(_ subscriber: Subscriber) -> String { link("confirm", .confirm, subscriber) }
    func choices(_ subscriber: Subscriber) -> String { link("choices", .choices, subscriber) }

    private func link(_ part: String, _ purpose: LimitedPurpose, _ subscriber: Subscriber) -> String {
        renderer.link(
            part, token: tokenKeys.token(purpose, for: subscriber.id, version: subscriber.tokenVersion, until: end))
    }
}
