package import Bulletin
package import Foundation
package import Publishing
package import Records
import Settings

/// A person's word on a restored state: up to which issue all was sent, and that what happened in the gap is not known. Then
/// the daemon goes on.
package struct AcceptRestoration: Sendable {
    private let office: Office
    private let roll: any Roll

    package struct Report: Sendable {
        package let restoration: Restoration
        /// Issues that are taken as sent from now on, with what the backup has of them; or used up, without.
        package let sent: [IssueNumber]
        package let usedUp: [IssueNumber]
        /// Corrections that a person has to release or drop.
        package let heldCorrections: [Dispatch]
        /// Letters that were owed when the backup was taken, and were sent since, most likely.
        package let letters: Int
    }

    package init(_ office: Office, roll: any Roll) { (self.office, self.roll) = (office, roll) }

    /// `number` 0 where no issue was sent yet. Durable on return; throws ``RestoreFault``, which changes nothing. What a
    /// crash cuts off is done by the same words again.
    package func callAsFunction(sentThrough number: Int, at now: Date, by person: String) throws -> Report {
        let folder = office.folder
        guard var restoration = try folder.restoration() else { throw RestoreFault.notRestored(folder.path) }
        if let acceptance = restoration.acceptance {
            throw RestoreFault.acceptedBefore(by: acceptance.by, at: acceptance.at)
        }
        let slots = try slotsPast(now)
        try check(number, slots, at: now)
        let reason = "sent before the state was restored, says \(person); who got it is not known in full"
        var (sent, usedUp, held): ([IssueNumber], [IssueNumber], [Dispatch]) = ([], [], [])
        for slot in slots where slot.number.value <= number {
            if try takeAsSent(slot, reason: reason, at: now) { sent.append(slot.number) }
        }
        for slot in slots where slot.number.value <= number {
            if try folder.issues.standing(slot.number) == nil {
                var standing = IssueStanding(state: .skipped, since: now, reason: reason)
                standing.decided = try decided(slot.number)
                try folder.issues.save(standing, of: slot.number)
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
        for issue in try office.folder.issues.list() where issue.value > number {
            if try office.folder.issues.standing(issue)?.state == .sent {
                throw RestoreFault.sentBefore(IssueNumber(number), highest: issue)
            }
        }
        // One ahead of its time may have been sent by hand.
        let highest = (slots.last?.number.value ?? office.configuration.cadence.firstNumber.value - 1)
        if number > highest { throw RestoreFault.notDueYet(IssueNumber(number), highest: highest) }
    }

    /// The slots that were due by now, and the next one.
    private func slotsPast(_ now: Date) throws -> [Slot] {
        let (cadence, began) = (office.configuration.cadence, try office.folder.began())
        var slots: [Slot] = []
        var number = cadence.firstNumber
        while let slot = cadence.slot(number) {
            if slot.sends >= began, !slot.skipped { slots.append(slot) }
            if slot.sends > now, !slot.skipped { break }
            number = IssueNumber(number.value + 1)
        }
        return slots
    }

    /// Whether it was not taken as sent before, and can be.
    private func takeAsSent(_ slot: Slot, reason: String, at now: Date) throws -> Bool {
        let shelf = office.folder.issues
        guard var standing = try shelf.standing(slot.number), [.closed, .held, .sending].contains(standing.state) else {
            return false
        }
        if try shelf.editions(slot.number) != nil { _ = try shelf.fix(slot.number) }
        standing = try shelf.standing(slot.number) ?? standing
        (standing.state, standing.since, standing.reason) = (.sent, now, reason)
        standing.decided = try decided(slot.number)
        let sends = try shelf.issue(slot.number)?.sends ?? slot.sends
        standing.sentAt = standing.sentAt ?? min(now, sends)
        try shelf.save(standing, of: slot.number)
        return true
    }

    /// What was decided before is settled with it.
    private func decided(_ number: IssueNumber) throws -> Int {
        try office.folder.decisions.all().count { $0.issue == number }
    }

    private func holdCorrections(of number: IssueNumber, at now: Date) throws -> [Dispatch] {
        try office.folder.issues.corrections(of: number).compactMap { correction, standing in
            guard [.closed, .sending].contains(standing.state) else { return nil }
            let dispatch = Dispatch(number, correction: correction.number)
            var standing = standing
            (standing.state, standing.since, standing.released) = (.held, now, false)
            standing.reason = "the state was restored, and who got this correction is not known"
            try office.folder.issues.save(standing, of: dispatch)
            return dispatch
        }
    }

    private func dropLetters(before restored: Date) throws -> Int {
        let owing = try roll.owing().filter { ($0.asked.last ?? $0.statusSince) < restored }
        guard !owing.isEmpty else { return 0 }
        return try roll.changeMany(owing.map(\.id)) { _, person in
            guard var person, person.owes != nil else { return nil }
            person.owes = nil
            return person
        }
    }
}
