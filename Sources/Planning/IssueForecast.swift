package import Basics
package import Bulletin
package import Foundation
package import Records
import Settings

/// How every issue stands, as people ask for it: the closed and past ones, the open one, and the next two. It says what
/// will be, decisions and changes that the daemon has not acted on yet included, and writes nothing.
package struct IssueForecast: Sendable {
    package struct Row: Sendable {
        package var number: IssueNumber
        package var state: IssueState
        /// Why, when held or skipped, or open and to be held.
        package var reason: String?
        /// The same where it is held or to be held.
        package var hold: Hold?
        /// Its files that are missing or damaged.
        package var faults: [DocumentFault] = []
        /// Whether `state.json` is damaged: how it stands is not known, and nothing is done with it.
        package var isStateDamaged = false
        package var closes: Date
        package var sends: Date
        package var introduction: String?
        package var items: [Item] = []
        package var leftOut: [LeftOut] = []
        /// The queued items that a network's own word speaks against, with the reason.
        package var overruled: [ItemID: String] = [:]
        package var counts: DeliveryCounts?
        /// Whether a person let it go: where `schedule.release` is `approval` it goes out only then.
        package var isReleased = false
        /// Whether its first message was handed to the relay: from then on its bytes are fixed.
        package var hasBegun = false
        /// When it was sent to the last of its audience.
        package var sentAt: Date?

        /// Whether it goes out at its time unless a person says otherwise.
        package var isComing: Bool { [.open, .closed, .held, .sending].contains(state) && !isStateDamaged }
    }

    private let context: PublishingContext
    private let timetable: Timetable
    private let snapshot: Snapshot
    private let gather: GatherCandidates
    private let closing: CloseIssue

    /// With `decision` as if it had been taken already.
    package init(_ context: PublishingContext, adding decision: Decision? = nil) throws {
        self.context = context
        snapshot = try Snapshot(context.folder).adding(decision)
        timetable = try context.timetable(snapshot)
        gather = try GatherCandidates(context, snapshot)
        closing = CloseIssue(context)
    }

    /// In order of numbers, as of `now`: as many open ones as asked for, and all up to `last`.
    package func rows(at now: Date, open: Int = 3, through last: IssueNumber? = nil) throws -> [Row] {
        let past = try snapshot.numbers.compactMap { try closedRow($0) }
        let known = Set(past.map(\.number))
        let queue = try context.folder.queue.list().items
        var appearances = snapshot.appearances
        var coming: [Row] = []
        for slot in openSlots(beside: known) {
            if coming.count(where: { $0.state == .open }) >= open, last.map({ slot.number > $0 }) ?? true { break }
            let row = try openRow(slot, queue: queue, appearances: appearances)
            for item in row.items { appearances[item.id, default: []].append(slot.number) }
            coming.append(row)
        }
        return (past + coming).sorted { $0.number < $1.number }
    }

    /// The row of one issue, however far away; nil where there is no such slot.
    package func row(_ number: IssueNumber, at now: Date) throws -> Row? {
        // The items of the issues before it count, for a few years ahead.
        let isNear = number.value < (snapshot.numbers.last?.value ?? first.value) + 200
        let rows = try rows(at: now, through: isNear ? number : nil)
        if let row = rows.first(where: { $0.number == number }) { return row }
        guard let slot = slot(number), slot.sends >= timetable.began else { return nil }
        return try openRow(slot, queue: context.folder.queue.list().items, appearances: snapshot.appearances)
    }

    /// Why that issue holds `item`, in a sentence that goes on from its title. `rows` are those before it as well.
    package func reason(for item: Item, in row: Row, among rows: [Row]) throws -> String {
        let pinned = try context.folder.plans.plan(row.number).requests.pins.contains(item.id)
        let before = rows.last { $0.number < row.number && $0.state != .skipped }
        let earlier = rows.first { $0.number < row.number && $0.items.contains { $0.id == item.id } }
        return ItemSelection.reasonFor(
            item, before: before.map { Slot(number: $0.number, closes: $0.closes, sends: $0.sends, skipped: false) },
            earlier: earlier?.number, zone: context.zone, pinned: pinned)
    }

    /// The items that the issue leaves out, except those that have been in an issue and those that are over.
    package func leftOut(of row: Row, at now: Date) throws -> [LeftOut] {
        let time = row.state == .open ? now : row.closes
        let queue = try context.folder.queue.list().items
        return row.leftOut.filter { left in
            guard left.why.kind != .hasBeen else { return false }
            return
                !(queue.first { $0.id == left.id }.map { ItemSelection.isOver($0, at: time, in: context.zone) } ?? false)
        }
    }

    /// The closed issues that are not being sent yet, as their items stand now: what a change may still mend.
    package func mendable() throws -> [Row] {
        try snapshot.numbers.compactMap { number in
            guard let status = snapshot.status(number), [.closed, .held].contains(status.state), !status.hasBegun
            else { return nil }
            return try closedRow(number)
        }.filter { [.closed, .held].contains($0.state) }
    }

    /// The lowest issue that is neither sent nor skipped.
    package func lowestUnsent(at now: Date) throws -> IssueNumber? {
        try rows(at: now, open: 1).first(where: \.isComing)?.number
    }

    /// The first issue that is sent on `day` or later and is not skipped, however far away; nil after the year 9999.
    package func number(sentFrom day: LocalDate) throws -> IssueNumber? {
        let known = snapshot.numbers
        func isLater(_ sends: Date) -> Bool { LocalDateTime(sends, in: context.zone).date >= day }
        let closed = try known.lazy.compactMap { try closedRow($0) }
            .first { $0.state != .skipped && isLater($0.sends) }?.number
        let open = openSlots(beside: Set(known), from: day.adding(days: -7 * timetable.cadence.everyWeeks)).first {
            slot in
            guard !slot.skipped, isLater(slot.sends) else { return false }
            if case .skip = ActOnDecisions.request(of: history(of: slot.number)) { return false }
            return true
        }?.number
        return [closed, open].compactMap { $0 }.min()
    }

    /// The first number that may be this bulletin's.
    private var first: IssueNumber {
        timetable.cadence.number(near: LocalDateTime(timetable.began, in: context.zone).date)
    }

    /// When that issue is closed and sent, where it was moved to included; nil where there is no such slot.
    package func slot(_ number: IssueNumber) -> Slot? { timetable.slot(number, decisions: snapshot.decisions) }

    /// As ``slot(_:)``, and skipped where people said so.
    package func decidedSlot(_ number: IssueNumber) -> Slot? {
        guard let slot = slot(number), case .skip = ActOnDecisions.request(of: history(of: number)) else {
            return slot(number)
        }
        return Slot(number: number, closes: slot.closes, sends: slot.sends, skipped: true)
    }

    /// The decisions about that issue, oldest first.
    package func history(of number: IssueNumber) -> [Decision] { snapshot.decisions(about: number) }

    /// The coming slots, open to new items, in order: what an item may still be in.
    package func comingSlots(at now: Date) throws -> [Slot] {
        let known = Set(snapshot.numbers)
        // Lazily: the schedule goes on to the year 9999.
        return Array(openSlots(beside: known).lazy.filter { !$0.skipped }.prefix(26))
    }

    private func closedRow(_ number: IssueNumber) throws -> Row? {
        guard let reading = snapshot.issues[number] else { return nil }
        guard let stored = reading.status else { return reading.isStateDamaged ? unknownRow(reading) : nil }
        let issue = reading.issue
        let sends = issue?.sends ?? slot(number)?.sends ?? stored.since
        let subject = ActOnDecisions.apply(
            history(of: number), to: .init(status: stored, sends: sends), zone: context.zone)
        let status = subject.status
        var row = Row(
            number: number, state: status.state, reason: status.reason,
            closes: issue?.closedAt ?? slot(number)?.closes ?? stored.since, sends: subject.sends,
            introduction: issue?.introduction, items: issue?.items ?? [], leftOut: issue?.leftOut ?? [],
            counts: stored.counts, isReleased: status.released, hasBegun: status.editionsHash != nil,
            sentAt: stored.sentAt)
        (row.hold, row.faults) = (status.hold, reading.faults)
        guard let issue, !row.hasBegun, [.closed, .held].contains(row.state) else { return row }
        // As the daemon will print it, if it has not yet.
        let mended = try closing.again(issue, sends: subject.sends, in: snapshot)
        (row.items, row.leftOut, row.introduction) = (mended.items, mended.leftOut, mended.introduction)
        let stands = !context.needsApproval || Approval.covers(mended, closed: issue, decisions: snapshot.decisions)
        row.isReleased = row.isReleased && stands
        return row
    }

    /// Of an issue whose `state.json` is damaged.
    private func unknownRow(_ reading: IssueReading) -> Row {
        let sends = reading.issue?.sends ?? slot(reading.number)?.sends ?? timetable.began
        var row = Row(
            number: reading.number, state: .held, reason: reading.faults.first.map { context.words(of: $0) },
            closes: reading.issue?.closedAt ?? sends, sends: sends, introduction: reading.issue?.introduction,
            items: reading.issue?.items ?? [])
        (row.faults, row.isStateDamaged) = (reading.faults, true)
        return row
    }

    /// From the first slot of this bulletin that is not closed yet.
    private func openSlots(beside known: Set<IssueNumber>, from start: LocalDate? = nil) -> some Sequence<Slot> {
        let began = LocalDateTime(timetable.began, in: context.zone).date.adding(days: -1)
        return timetable.cadence.slots(from: max(began, start ?? began)).lazy
            .filter { !known.contains($0.number) && $0.sends >= timetable.began }
            .compactMap { slot($0.number) }
    }

    private func openRow(_ slot: Slot, queue: [Item], appearances: [ItemID: [IssueNumber]]) throws -> Row {
        var row = Row(
            number: slot.number, state: slot.skipped ? .skipped : .open, reason: nil, closes: slot.closes,
            sends: slot.sends)
        if slot.skipped {
            row.reason = "the schedule leaves it out"
            return row
        }
        switch ActOnDecisions.request(of: history(of: slot.number)) {
        case .skip(let skip):
            (row.state, row.reason) = (.skipped, skip.inWords)
            return row
        case .hold(let hold): (row.hold, row.reason) = (hold, hold.inWords)
        case .sendNow, .nothing: break
        }
        let plan = try context.folder.plans.plan(slot.number)
        let candidates = gather(for: slot.number, sends: slot.sends, queue: queue)
        let choice = ItemSelection.choose(
            items: candidates.items, appearances: appearances, issue: slot.number, closes: slot.closes,
            sends: slot.sends, zone: context.zone, requests: plan.requests, overruled: candidates.overruled)
        (row.introduction, row.overruled) = (plan.introduction, candidates.overruled)
        (row.items, row.leftOut) = (choice.chosen, choice.leftOut)
        return row
    }
}
