import Bulletin
import BulletinSupport
import Foundation
import Planning
import Publishing
import Records

extension TestBulletin {
    /// Looks once, as the daemon does.
    @discardableResult
    func look(at time: Date) throws -> RunSchedule.Result { try RunSchedule(context)(at: time) }

    /// As if it had been sent to one reader.
    func markSent(_ number: Int = 1, at time: Date) throws {
        let (store, mailing) = (context.folder.issues, Mailing(IssueNumber(number)))
        try store.apply(.begins, to: mailing, at: time)
        var counts = DeliveryCounts(owed: 0)
        counts.accepted = 1
        try store.apply(.settled(counts), to: mailing, at: time)
    }
}
