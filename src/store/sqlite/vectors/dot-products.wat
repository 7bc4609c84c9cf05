;; Dot products of one query with many records. `npm run wasm` writes dot-products-module.ts from this file.
(module
  (memory (export "memory") 1)

  ;; scores[i] = the dot product of the query and the i-th record of 8-bit numbers.
  ;; $records, $query, $scores are addresses; $stride is the distance of two records in bytes; $width, the
  ;; numbers of a record and of the query, is a multiple of 16. The query has 16-bit numbers.
  (func (export "dots8") (param $records i32) (param $stride i32) (param $count i32) (param $width i32)
        (param $query i32) (param $scores i32)
    (local $record i32) (local $q i32) (local $queryEnd i32) (local $a v128) (local $b v128)
    (local.set $queryEnd (i32.add (local.get $query) (i32.shl (local.get $width) (i32.const 1))))
    (block $end
      (loop $each
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $record (local.get $records))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (loop $sixteen
          (local.set $a (i32x4.add (local.get $a)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $record)) (v128.load (local.get $q)))))
          (local.set $b (i32x4.add (local.get $b)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $record))
              (v128.load offset=16 (local.get $q)))))
          (local.set $record (i32.add (local.get $record) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $sixteen (i32.lt_u (local.get $q) (local.get $queryEnd))))
        (i32.store (local.get $scores) (call $sum (i32x4.add (local.get $a) (local.get $b))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $records (i32.add (local.get $records) (local.get $stride)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $each))))

  ;; The same for records of 16-bit numbers.
  (func (export "dots16") (param $records i32) (param $stride i32) (param $count i32) (param $width i32)
        (param $query i32) (param $scores i32)
    (local $record i32) (local $q i32) (local $queryEnd i32) (local $a v128) (local $b v128)
    (local.set $queryEnd (i32.add (local.get $query) (i32.shl (local.get $width) (i32.const 1))))
    (block $end
      (loop $each
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $record (local.get $records))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (loop $sixteen
          (local.set $a (i32x4.add (local.get $a)
            (i32x4.dot_i16x8_s (v128.load (local.get $record)) (v128.load (local.get $q)))))
          (local.set $b (i32x4.add (local.get $b)
            (i32x4.dot_i16x8_s (v128.load offset=16 (local.get $record))
              (v128.load offset=16 (local.get $q)))))
          (local.set $record (i32.add (local.get $record) (i32.const 32)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $sixteen (i32.lt_u (local.get $q) (local.get $queryEnd))))
        (i32.store (local.get $scores) (call $sum (i32x4.add (local.get $a) (local.get $b))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $records (i32.add (local.get $records) (local.get $stride)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $each))))

  (func $sum (param $v v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $v)) (i32x4.extract_lane 1 (local.get $v)))
      (i32.add (i32x4.extract_lane 2 (local.get $v)) (i32x4.extract_lane 3 (local.get $v))))))
