internal import Journal

extension Error {
    /// Whether a disk is full: what was to be done goes on by itself once there is room.
    package var isDiskFull: Bool {
        if let fault = self as? DiskFault { return fault.isFull }
        switch self as? JournalFault {
        case .disk(let fault), .poisoned(_, by: let fault): return fault.isFull
        case .notThisFormat, .unknownVersion, nil: return false
        }
    }
}
