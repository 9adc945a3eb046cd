import Bulletin
import Foundation
import Mail
import Planning
import Records

/// Prepares the mailings of issues and corrections: the audience, its ledger, and the bytes.
struct PrepareMailing {
    /// In force from the next mailing on.
    var context: PublishingContext
    private let subscriberList: any SubscriberList
    /// The ledgers of issues, which their corrections look into: one value a ledger, so that all see the same.
    private var ledgers: [IssueNumber: (ledger: DeliveryLedger, audience: Audience)] = [:]

    init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    enum Beginning {
        /// To be sent, now and after every crash.
        case prepared(Deliver.PreparedMailing)
        /// There was nothing to send.
        case skipped(Skip)
        /// It may not be sent as it stands on disk.
        case notDue
    }

    /// Fixes the bytes and begins the ledger, with outcomes that could not be written before. Durable on return; the same again after a crash.
    mutating func begin(
        _ mailing: Mailing, known: [SubscriberID: Outcome] = [:], at now: Date
    ) throws -> Beginning {
        guard mailing.correction == nil else {
            return .prepared(try beginCorrection(mailing, known: known, at: now))
        }
        switch try BeginSending(context)(mailing.issue, at: now) {
        case .editions(let editions): return .prepared(try beginIssue(mailing, editions, known: known, at: now))
        case .skipped(let skip): return .skipped(skip)
        case .notDue: return .notDue
        }
    }

    /// The ledgers of that issue are to be begun again.
    mutating func close(_ issue: IssueNumber) { ledgers[issue] = nil }

    mutating func close(allBut open: Set<IssueNumber>) { ledgers = ledgers.filter { open.contains($0.key) } }

    private mutating func beginIssue(
        _ mailing: Mailing, _ editions: Editions, known: [SubscriberID: Outcome], at now: Date
    ) throws -> Deliver.PreparedMailing {
        try ApplyRetention(context, subscriberList: subscriberList).resume(at: now)
        let ledger = ledgers[mailing.issue]?.ledger ?? context.folder.ledger(mailing)
        let audience = try subscriberList.audience(at: ledger.audienceTime() ?? now)
        try ledger.begin(audience, known: known, at: now)
        ledgers[mailing.issue] = (ledger, audience)
        let template = try MessageTemplate(
            editions: editions, masthead: context.masthead, mailing: mailing, date: audience.time,
            tokenKeys: context.folder.tokenKeys(), signer: context.signer)
        return Deliver.PreparedMailing(audience: audience, ledger: ledger, template: template)
    }

    /// The audience of a correction is its issue's, of which only those get it who were sent the issue.
    private mutating func beginCorrection(
        _ mailing: Mailing, known: [SubscriberID: Outcome], at now: Date
    ) throws -> Deliver.PreparedMailing {
        let store = context.folder.issues
        let editions = try store.correctionMail(mailing)
        let (issueLedger, audience) = try ledgers[mailing.issue] ?? issueLedger(mailing.issue, at: now)
        ledgers[mailing.issue] = (issueLedger, audience)
        let ledger = context.folder.ledger(mailing)
        try ledger.begin(audience, known: known, at: now)
        let correction = try store.corrections(of: mailing.issue).first { $0.correction.number == mailing.correction }
        let template = try MessageTemplate(
            editions: editions, masthead: context.masthead, mailing: mailing,
            date: correction?.correction.at ?? audience.time, tokenKeys: context.folder.tokenKeys(),
            signer: context.signer)
        return Deliver.PreparedMailing(audience: audience, ledger: ledger, template: template, corrected: issueLedger)
    }

    private func issueLedger(_ number: IssueNumber, at now: Date) throws -> (DeliveryLedger, Audience) {
        let ledger = context.folder.ledger(Mailing(number))
        let audience = try subscriberList.audience(at: ledger.audienceTime() ?? now)
        try ledger.begin(audience, at: now)
        return (ledger, audience)
    }
}
