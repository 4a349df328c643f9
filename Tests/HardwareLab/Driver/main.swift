// A closure made here would belong to the main actor; everything lives in free functions.
exitWith(runLab())
