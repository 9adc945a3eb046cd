package import Bulletin
package import Foundation
package import Planning
import Publishing
package import Records
import Settings

/// Accepts a restored state on a person's word: every issue up to a number was sent, and events in the gap stay
/// unknown. The daemon then resumes.
package struct AcceptRestoration: Sendable {
    private let context: PublishingContext
    private let subscriberList: any SubscriberList

    package struct Report: Sendable {
        package let restoration: Restoration
        /// Issues that count as sent from now on, with the items the backup has of them, or as used up, without.
        package let sent: [IssueNumber]
        package let usedUp: [IssueNumber]
        /// Corrections that a person has to release or drop.
        package let heldCorrections: [Mailing]
        /// Letters that were due when the backup was taken and have most likely been sent since.
        package let letters: Int
    }

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    /// `number` is 0 if no issue was sent yet. Durable on return; throws ``RestoreFault``, which changes nothing. After
    /// a crash, repeat the same command to finish.
    package func callAsFunction(sentThrough number: Int, at now: Date, by person: String) throws -> Report {
        let folder = context.folder
        guard var restoration = try folder.restoration() else { throw RestoreFault.notRestored(folder.path) }
        if let acceptance = restoration.acceptance {
            throw RestoreFault.acceptedBefore(by: acceptance.by, at: acceptance.at)
        }
        let slots = try slotsPast(now)
        try check(number, slots, at: now)
        var (sent, usedUp, held): ([IssueNumber], [IssueNumber], [Mailing]) = ([], [], [])
        for slot in slots where slot.number.value <= number {
            if try takeAsSent(slot, by: person, at: now) { sent.append(slot.number) }
        }
        for slot in slots where slot.number.value <= number {
            if try folder.issues.status(slot.number) == nil {
                try folder.issues.apply(
                    .sentBeforeRestore(by: person, due: slot.sends, decided: decided(slot.number)),
                    to: Mailing(slot.number), at: now)
                usedUp.append(slot.number)
            }
            held += try holdCorrections(of: slot.number, at: now)
        }
        let letters = try dropLetters(before: restoration.restored)
        restoration.acceptance = .init(sentThrough: number, by: person, at: now)
        try folder.save(restoration)
        return Report(restoration: restoration, sent: sent, usedUp: usedUp, heldCorrections: held, letters: letters)
    }

    private func check(_ number: Int, _ slots: [Slot], at now: Date) throws {
        for issue in try context.folder.issues.list() where issue.value > number {
            if try context.folder.issues.status(issue)?.state == .sent {
                throw RestoreFault.sentBefore(IssueNumber(number), highest: issue)
            }
        }
        // An issue before its time may have been sent by hand.
        let highest = (slots.last?.number.value ?? context.configuration.cadence.firstNumber.value - 1)
        if number > highest { throw RestoreFault.notDueYet(IssueNumber(number), highest: highest) }
    }

    /// The slots that were due by now, and the next one.
    private func slotsPast(_ now: Date) throws -> [Slot] {
        let (cadence, began) = (context.configuration.cadence, try context.folder.began())
        var slots: [Slot] = []
        var number = cadence.firstNumber
        while let slot = cadence.slot(number) {
            if slot.sends >= began, !slot.skipped { slots.append(slot) }
            if slot.sends > now, !slot.skipped { break }
            number = IssueNumber(number.value + 1)
        }
        return slots
    }

    /// Returns whether the slot was newly recorded as sent.
    private func takeAsSent(_ slot: Slot, by person: String, at now: Date) throws -> Bool {
        let store = context.folder.issues
        guard let status = try store.status(slot.number), [.closed, .held, .sending].contains(status.state) else {
            return false
        }
        if try store.editions(slot.number) != nil { _ = try store.fix(slot.number) }
        let due = try store.reading(slot.number).issue?.sends ?? slot.sends
        try store.apply(
            .sentBeforeRestore(by: person, due: due, decided: decided(slot.number)), to: Mailing(slot.number), at: now)
        return true
    }

    /// Decisions made before the restoration are settled by it.
    private func decided(_ number: IssueNumber) throws -> Int {
        try context.folder.decisions.all().count { $0.issue == number }
    }

    private func holdCorrections(of number: IssueNumber, at now: Date) throws -> [Mailing] {
        try context.folder.issues.correctionReadings(of: number).compactMap { correction in
            guard let state = correction.status?.state, [.closed, .sending].contains(state) else { return nil }
            try context.folder.issues.apply(.restored, to: correction.mailing, at: now)
            return correction.mailing
        }
    }

    private func dropLetters(before restored: Date) throws -> Int {
        let owing = try subscriberList.owing().filter { ($0.asked.last ?? $0.statusSince) < restored }
        guard !owing.isEmpty else { return 0 }
        return try subscriberList.changeMany(owing.map(\.id)) { _, person in
            guard var person, person.owes != nil else { return nil }
            person.owes = nil
            return person
        }
    }
}
