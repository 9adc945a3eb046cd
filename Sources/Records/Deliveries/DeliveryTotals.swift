internal import Bulletin
internal import Journal

struct DeliveryTotals {
    let folder: String
    let dispatch: Dispatch
    let disk: any Disk

    func counts() throws -> DeliveryCounts { DeliveryCounts() }
}
