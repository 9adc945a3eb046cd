import Bulletin
import Foundation
import Mail
import Records

/// Where the mailings of issues and corrections are made ready: who gets them, the ledger of it, and the bytes.
struct MailingDesk {
    /// What it works with from the next mailing on.
    var office: Office
    private let roll: any Roll
    /// The ledgers of issues, which their corrections look into: one value a ledger, so that all see the same.
    private var ledgers: [IssueNumber: (ledger: DeliveryLedger, audience: Audience)] = [:]

    init(_ office: Office, roll: any Roll) { (self.office, self.roll) = (office, roll) }

    enum Beginning {
        /// To be sent, now and after every crash.
        case mailing(Deliver.Mailing)
        /// There was nothing to send.
        case skipped(reason: String)
    }

    /// Fixes the bytes and begins the ledger, with outcomes that could not be written before. Durable on return; the same again after a crash.
    mutating func begin(
        _ dispatch: Dispatch, known: [SubscriberID: Outcome] = [:], at now: Date
    ) throws -> Beginning {
        guard dispatch.correction == nil else {
            return .mailing(try beginCorrection(dispatch, known: known, at: now))
        }
        switch try BeginSending(office)(dispatch.issue, at: now) {
        case .editions(let editions): return .mailing(try beginIssue(dispatch, editions, known: known, at: now))
        case .skipped(let reason): return .skipped(reason: reason)
        }
    }

    /// The ledgers of that issue are to be begun again.
    mutating func close(_ issue: IssueNumber) { ledgers[issue] = nil }

    mutating func close(allBut open: Set<IssueNumber>) { ledgers = ledgers.filter { open.contains($0.key) } }

    private mutating func beginIssue(
        _ dispatch: Dispatch, _ editions: Editions, known: [SubscriberID: Outcome], at now: Date
    ) throws -> Deliver.Mailing {
        try TidyRoll(office, roll: roll).resume(at: now)
        let ledger = ledgers[dispatch.issue]?.ledger ?? office.folder.ledger(dispatch)
        let audience = try roll.audience(at: ledger.audienceTime() ?? now)
        try ledger.begin(audience, known: known, at: now)
        ledgers[dispatch.issue] = (ledger, audience)
        let stencil = try Stencil(
            editions: editions, masthead: office.masthead, dispatch: dispatch, date: audience.time,
            seals: office.folder.seals(), signer: office.signer)
        return Deliver.Mailing(audience: audience, ledger: ledger, stencil: stencil)
    }

    /// The audience of a correction is its issue's, of which only those get it who were sent the issue.
    private mutating func beginCorrection(
        _ dispatch: Dispatch, known: [SubscriberID: Outcome], at now: Date
    ) throws -> Deliver.Mailing {
        let shelf = office.folder.issues
        let editions = try shelf.correctionMail(dispatch)
        let (issueLedger, audience) = try ledgers[dispatch.issue] ?? issueLedger(dispatch.issue, at: now)
        ledgers[dispatch.issue] = (issueLedger, audience)
        let ledger = office.folder.ledger(dispatch)
        try ledger.begin(audience, known: known, at: now)
        let correction = try shelf.corrections(of: dispatch.issue).first { $0.correction.number == dispatch.correction }
        let stencil = try Stencil(
            editions: editions, masthead: office.masthead, dispatch: dispatch,
            date: correction?.correction.at ?? audience.time, seals: office.folder.seals(), signer: office.signer)
        return Deliver.Mailing(audience: audience, ledger: ledger, stencil: stencil, corrected: issueLedger)
    }

    private func issueLedger(_ number: IssueNumber, at now: Date) throws -> (DeliveryLedger, Audience) {
        let ledger = office.folder.ledger(Dispatch(number))
        let audience = try roll.audience(at: ledger.audienceTime() ?? now)
        try ledger.begin(audience, at: now)
        return (ledger, audience)
    }
}
