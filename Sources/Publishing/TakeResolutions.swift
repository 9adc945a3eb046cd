import Bulletin
import Foundation
import Records

/// A person's word on unknown deliveries → the issue, or the correction, that was held for it goes on. Safe to repeat at
/// any time.
struct TakeResolutions {
    private let office: Office

    init(_ office: Office) { self.office = office }

    /// Those that go on.
    func callAsFunction(at now: Date) throws -> [Dispatch] {
        let shelf = office.folder.issues
        var resumed: [Dispatch] = []
        for number in try shelf.list() {
            guard let standing = try shelf.standing(number), standing.editionsHash != nil else { continue }
            if try goOn(Dispatch(number), standing, at: now) { resumed.append(Dispatch(number)) }
            for (correction, standing) in try shelf.corrections(of: number) {
                let dispatch = Dispatch(number, correction: correction.number)
                if try goOn(dispatch, standing, at: now) { resumed.append(dispatch) }
            }
        }
        return resumed
    }

    private func goOn(_ dispatch: Dispatch, _ standing: IssueStanding, at now: Date) throws -> Bool {
        guard standing.state == .held, standing.isHeldForUnknown,
            try office.folder.deliveryCounts(dispatch).unknown == 0
        else { return false }
        var standing = standing
        (standing.state, standing.since, standing.reason) = (.sending, now, nil)
        standing.isHeldForUnknown = false
        try office.folder.issues.save(standing, of: dispatch)
        return true
    }
}
