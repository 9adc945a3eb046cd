package import Bulletin
package import Foundation
import Records
import Settings

/// How every issue stands, as people ask for it: the closed and past ones, the open one, and the next two. It says what
/// will be, decisions that the daemon has not acted on yet included, and writes nothing.
package struct Outlook: Sendable {
    package struct Row: Sendable {
        package var number: IssueNumber
        package var state: IssueState
        /// Why, when held or skipped.
        package var reason: String?
        package var closes: Date
        package var sends: Date
        package var items: [Item]
        package var leftOut: [LeftOut]
        /// The queued items that a network's own word speaks against, with the reason.
        package var overruled: [ItemID: String] = [:]
        package var counts: DeliveryCounts?
    }

    private let office: Office
    private let timetable: Timetable
    private let decisions: [Decision]
    private let gather: GatherCandidates

    package init(_ office: Office) throws {
        self.office = office
        timetable = try office.timetable()
        decisions = try office.folder.decisions.all()
        gather = try GatherCandidates(office, decisions: decisions)
    }

    /// In order of numbers, as of `now`.
    package func rows(at now: Date) throws -> [Row] {
        let past = try closedRows()
        let known = Set(past.map(\.number))
        let queue = try office.folder.queue.list().items
        var appearances = try office.folder.issues.appearances()
        var coming: [Row] = []
        for slot in openSlots(beside: known, at: now) {
            let row = try openRow(slot, queue: queue, appearances: appearances)
            for item in row.items { appearances[item.id, default: []].append(slot.number) }
            coming.append(row)
            if coming.count(where: { $0.state == .open }) == 3 { break }
        }
        return (past + coming).sorted { $0.number < $1.number }
    }

    /// The row of one issue, however far away; nil where there is no such slot.
    package func row(_ number: IssueNumber, at now: Date) throws -> Row? {
        if let row = try rows(at: now).first(where: { $0.number == number }) { return row }
        guard let slot = timetable.slot(number, decisions: decisions) else { return nil }
        return try openRow(
            slot, queue: office.folder.queue.list().items, appearances: office.folder.issues.appearances())
    }

    /// The lowest issue that is neither sent nor skipped.
    package func lowestUnsent(at now: Date) throws -> IssueNumber? {
        try rows(at: now).first { ![.sent, .skipped].contains($0.state) }?.number
    }

    /// The coming slots, open to new items, in order: what an item may still be in.
    package func comingSlots(at now: Date) throws -> [Slot] {
        let known = try Set(office.folder.issues.list())
        // Lazily: the schedule goes on to the year 9999.
        return Array(openSlots(beside: known, at: now).lazy.filter { !$0.skipped }.prefix(26))
    }

    private func closedRows() throws -> [Row] {
        let shelf = office.folder.issues
        return try shelf.list().compactMap { number in
            guard let stored = try shelf.standing(number) else { return nil }
            let issue = try shelf.issue(number)
            let slot = timetable.slot(number, decisions: decisions)
            let about = decisions.filter { $0.issue == number }
            let subject = ActOnDecisions.apply(
                about, to: .init(standing: stored, sends: issue?.sends ?? slot?.sends ?? stored.since),
                zone: office.zone)
            return Row(
                number: number, state: subject.standing.state, reason: subject.standing.reason,
                closes: issue?.closedAt ?? slot?.closes ?? stored.since, sends: subject.sends,
                items: issue?.items ?? [], leftOut: issue?.leftOut ?? [], counts: stored.counts)
        }
    }

    /// From the first slot of this bulletin that is not closed yet.
    private func openSlots(beside known: Set<IssueNumber>, at now: Date) -> some Sequence<Slot> {
        let day = LocalDateTime(timetable.began, in: office.zone).date.adding(days: -1)
        return timetable.cadence.slots(from: day).lazy
            .filter { !known.contains($0.number) && $0.sends >= timetable.began }
            .compactMap { timetable.slot($0.number, decisions: decisions) }
    }

    private func openRow(_ slot: Slot, queue: [Item], appearances: [ItemID: [IssueNumber]]) throws -> Row {
        let about = decisions.filter { $0.issue == slot.number }
        var row = Row(
            number: slot.number, state: slot.skipped ? .skipped : .open, reason: nil, closes: slot.closes,
            sends: slot.sends, items: [], leftOut: [])
        if slot.skipped {
            row.reason = "the schedule leaves it out"
            return row
        }
        switch ActOnDecisions.wish(of: about) {
        case .skip(let reason):
            (row.state, row.reason) = (.skipped, reason)
            return row
        case .hold(let reason): row.reason = reason
        case .sendNow, .nothing: break
        }
        let wishes = try office.folder.plans.plan(slot.number).wishes
        let candidates = gather(for: slot.number, sends: slot.sends, queue: queue)
        let choice = Choosing.choose(
            items: candidates.items, appearances: appearances, issue: slot.number, closes: slot.closes,
            sends: slot.sends, zone: office.zone, wishes: wishes, overruled: candidates.overruled)
        (row.items, row.leftOut, row.overruled) = (choice.chosen, choice.leftOut, candidates.overruled)
        return row
    }
}
