;; Dot products of one query with many vectors. `npm run wasm` writes dot-products-module.ts from this file.
(module
  (memory (export "memory") 1)

  ;; scores[i] = the dot product of the query, of 16-bit numbers, and the i-th vector, of 8-bit numbers.
  ;; $vectors, $query, $scores are addresses; $stride is the distance of two vectors in bytes; $width, the
  ;; numbers of a vector and of the query, is a multiple of 16.
  (func (export "dots") (param $vectors i32) (param $stride i32) (param $count i32) (param $width i32)
        (param $query i32) (param $scores i32)
    (local $vector i32) (local $q i32) (local $queryEnd i32) (local $a v128) (local $b v128)
    (local.set $queryEnd (i32.add (local.get $query) (i32.shl (local.get $width) (i32.const 1))))
    (block $end
      (loop $each
        (br_if $end (i32.eqz (local.get $count)))
        (local.set $vector (local.get $vectors))
        (local.set $q (local.get $query))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (loop $sixteen
          (local.set $a (i32x4.add (local.get $a)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $vector)) (v128.load (local.get $q)))))
          (local.set $b (i32x4.add (local.get $b)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $vector))
              (v128.load offset=16 (local.get $q)))))
          (local.set $vector (i32.add (local.get $vector) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $sixteen (i32.lt_u (local.get $q) (local.get $queryEnd))))
        (i32.store (local.get $scores) (call $sum (i32x4.add (local.get $a) (local.get $b))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $vectors (i32.add (local.get $vectors) (local.get $stride)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $each))))

  (func $sum (param $v v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $v)) (i32x4.extract_lane 1 (local.get $v)))
      (i32.add (i32x4.extract_lane 2 (local.get $v)) (i32x4.extract_lane 3 (local.get $v))))))
